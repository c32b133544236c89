package io.millrace.quickstart;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.jobs.contracts.ContractDesk;
import io.millrace.jobs.letters.LetterFilter;
import io.millrace.jobs.letters.Replays;
import io.millrace.pipeline.Pipeline;
import io.millrace.records.ControlMessage;
import io.millrace.records.SchemaChange;
import io.millrace.testkit.Deadline;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * The last flights of the year come from a producer that was changed without asking: it adds a
 * field, renames a required one, and breaks one; then somebody approves the rename, and what was
 * quarantined is read again. The final check does not know of any of it.
 */
final class DriftEpisode {

  /** Flights of the episode, in equal parts as they should be and in each of the other forms. */
  static final int FLIGHTS = 300;

  private static final int PART = FLIGHTS / 3;
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final String SOURCE = "flights";
  private static final String GATE = ",\"gate\":\"B%d\"}";

  private final Pipeline pipeline;
  private final ContractDesk desk;
  private final FlightProducer producer;
  private final Screen screen;

  DriftEpisode(Pipeline pipeline, FlightProducer producer, Screen screen) {
    this.pipeline = pipeline;
    this.desk = new ContractDesk(pipeline.topics());
    this.producer = producer;
    this.screen = screen;
  }

  /**
   * What the final count has to know.
   *
   * @param quarantined dead letters of the episode
   * @param replayed how many of them came back
   * @param firstReplayed number of the first of them within the year
   */
  record Result(int quarantined, long replayed, long firstReplayed) {

    static final Result NONE = new Result(0, 0, 0);

    /** Those that drift monitors saw: what comes back later finds its window decided. */
    <T> Stream<T> live(Stream<T> flights) {
      AtomicLong number = new AtomicLong();
      return flights
          .sequential()
          .filter(
              flight -> {
                long offset = number.getAndIncrement() - firstReplayed;
                return offset < 0 || offset >= replayed;
              });
    }
  }

  /**
   * @param skip flights of the year that were sent before
   */
  Result run(long skip) throws IOException, InterruptedException {
    producer.send(skip, PART, 0, (json, i) -> json.replace("}", GATE.formatted(i % 40)));
    SchemaChange gate = await(SchemaChange.Kind.NEW_FIELD, SchemaChange.Status.APPLIED);
    screen.event(
        "new field",
        "%s (%s, e.g. %s) is carried along: contract version %s"
            .formatted(gate.field(), gate.after(), gate.sample(), gate.contractVersion()));

    producer.send(skip + PART, PART, 0, (json, i) -> json.replace("\"dest\"", "\"destination\""));
    SchemaChange rename = await(SchemaChange.Kind.RENAME, SchemaChange.Status.SUGGESTED);
    screen.event(
        "renamed",
        "%s comes as %s, %.0f%% sure: %d flights wait in quarantine"
            .formatted(rename.before(), rename.after(), 100 * rename.confidence(), PART));

    producer.send(
        skip + 2 * PART,
        PART,
        0,
        (json, i) -> json.replaceFirst("\"distance_miles\":\\d+", "\"distance_miles\":\"far\""));
    producer.send(skip + 2 * PART, PART, 0);
    screen.event(
        "broken", "text for miles: %d flights in quarantine, then sent right".formatted(PART));

    long startNanos = System.nanoTime();
    SchemaChange approved = approve(rename);
    screen.event(
        "approved",
        "%s is read as %s %d ms later: contract version %s, no restart"
            .formatted(
                approved.field(),
                approved.before(),
                (System.nanoTime() - startNanos) / 1_000_000,
                approved.contractVersion()));
    long replayed = replay(rename.before());
    screen.event("replayed", "%d flights are out of quarantine".formatted(replayed));
    return new Result(2 * PART, replayed, skip + PART);
  }

  /** Dead letters can be read once the checkpoint is complete that they are part of. */
  private long replay(String field) throws IOException, InterruptedException {
    LetterFilter filter = LetterFilter.ofField(SOURCE, field);
    Replays replays = new Replays(pipeline);
    Deadline.await(
        PATIENCE,
        PART + " dead letters about " + field,
        () -> replays.send(filter, true, read -> {}).chosen() >= PART);
    return replays.send(filter, false, read -> {}).sent();
  }

  private SchemaChange await(SchemaChange.Kind kind, SchemaChange.Status status) {
    SchemaChange[] found = new SchemaChange[1];
    Deadline.await(
        PATIENCE,
        () -> kind + " to be " + status,
        () -> {
          List<SchemaChange> changes = desk.changes(SOURCE);
          found[0] =
              changes.stream()
                  .filter(it -> it.kind() == kind && it.status() == status)
                  .findFirst()
                  .orElse(null);
          return found[0] != null;
        });
    return found[0];
  }

  private SchemaChange approve(SchemaChange rename) throws IOException, InterruptedException {
    int known = desk.changes(SOURCE).size();
    ControlMessage message =
        new ControlMessage(
            UUID.randomUUID().toString(),
            ControlMessage.Action.APPROVE,
            ControlMessage.Subject.RENAME,
            SOURCE,
            rename.after(),
            rename.before(),
            "quickstart",
            System.currentTimeMillis());
    desk.send(message);
    Optional<SchemaChange> answer = desk.answer(message, known, PATIENCE);
    return answer.orElseThrow(
        () -> new IllegalStateException("the job does not answer control messages"));
  }

  /** A change of a record on its way: its JSON, and its number within the part. */
  @FunctionalInterface
  interface Change {
    String of(String json, int index);
  }

  static byte[] changed(byte[] json, Change change, int index) {
    return change.of(new String(json, UTF_8), index).getBytes(UTF_8);
  }
}
