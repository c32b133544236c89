package io.millrace.ingest;

import static io.millrace.records.DeadLetterReason.DUPLICATE_FIELD;
import static io.millrace.records.DeadLetterReason.EVENT_TIME_IN_FUTURE;
import static io.millrace.records.DeadLetterReason.INVALID_ENCODING;
import static io.millrace.records.DeadLetterReason.MISSING_FIELD;
import static io.millrace.records.DeadLetterReason.NOT_JSON;
import static io.millrace.records.DeadLetterReason.NULL_RECORD;
import static io.millrace.records.DeadLetterReason.OUT_OF_RANGE;
import static io.millrace.records.DeadLetterReason.TOO_DEEP;
import static io.millrace.records.DeadLetterReason.TOO_LARGE;
import static io.millrace.records.DeadLetterReason.TRAILING_DATA;
import static io.millrace.records.DeadLetterReason.WRONG_TYPE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.contract.Contract;
import io.millrace.contract.ContractFile;
import io.millrace.pipeline.EventTime;
import io.millrace.pipeline.KafkaOrigin;
import io.millrace.pipeline.SchemaDrift;
import io.millrace.pipeline.SchemaDrift.Kind;
import io.millrace.pipeline.SchemaDrift.Policy;
import io.millrace.pipeline.Source;
import io.millrace.records.DeadLetter;
import io.millrace.records.DeadLetterReason;
import io.millrace.testkit.Departure;
import io.millrace.testkit.FlightData;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Thousands of damaged and drifting records, made of real flights. */
class GuardCorpusTest {

  private static final int PER_MUTATION = 150;
  private static final int FLIGHTS = 2_000;
  private static final long NOW = Instant.parse("2014-01-02T00:00:00Z").toEpochMilli();

  private static final Contract CONTRACT =
      ContractFile.read(Path.of("../schemas/contracts/flights.odcs.yaml")).contract().orElseThrow();

  private enum End {
    CLEAN,
    ADAPTED,
    DISCARDED
  }

  @Test
  void shouldGiveEveryMutationItsReason() throws Exception {
    long seed = new Random().nextLong();
    System.out.println("GuardCorpusTest seed " + seed);
    Random random = new Random(seed);
    List<String> flights = flights();
    Guard guard = guard(SchemaDrift.DEFAULT);
    Map<FlightMutation, Map<Object, Integer>> ends = new EnumMap<>(FlightMutation.class);
    int sent = 0;
    int rows = 0;
    int letters = 0;
    for (FlightMutation mutation : FlightMutation.values()) {
      Set<Object> allowed = allowed(mutation);
      for (int i = 0; i < PER_MUTATION; i++) {
        byte[] record = mutation.apply(flights.get(random.nextInt(FLIGHTS)), random);
        Ingested ingested = settle(guard, record);
        sent++;
        rows += ingested.isRow() ? 1 : 0;
        letters += ingested.isDeadLetter() ? 1 : 0;
        Object end = end(ingested);
        ends.computeIfAbsent(mutation, it -> new LinkedHashMap<>()).merge(end, 1, Integer::sum);
        assertThat(allowed)
            .as(() -> mutation + " of seed " + seed + ": " + shown(record) + " " + ingested)
            .contains(end);
        if (ingested.isDeadLetter()) {
          assertThat(ingested.deadLetter().message()).isNotEmpty().hasSizeLessThan(500);
        }
      }
    }
    System.out.println("GuardCorpusTest " + ends);
    assertThat(sent).isGreaterThanOrEqualTo(2_000);
    assertThat(rows + letters).isEqualTo(sent);
    // What drifts within what policies allow must really have come through.
    assertThat(ends.get(FlightMutation.ADD_FIELD)).containsOnlyKeys(End.ADAPTED);
    assertThat(ends.get(FlightMutation.WIDEN_INTEGER)).containsOnlyKeys(End.ADAPTED);
    assertThat(ends.get(FlightMutation.GIGANTIC_STRING)).containsKeys(End.CLEAN, TOO_LARGE);
  }

  @Test
  void shouldAccountForEveryRecordWhateverThePolicies() throws Exception {
    long seed = new Random().nextLong();
    System.out.println("GuardCorpusTest seed " + seed);
    Random random = new Random(seed);
    List<String> flights = flights();
    for (int round = 0; round < 40; round++) {
      Guard guard = guard(anyPolicies(random));
      for (int i = 0; i < 50; i++) {
        FlightMutation mutation =
            FlightMutation.values()[random.nextInt(FlightMutation.values().length)];
        byte[] record = mutation.apply(flights.get(random.nextInt(FLIGHTS)), random);

        Ingested ingested = settle(guard, record);

        int places =
            (ingested.isRow() ? 1 : 0)
                + (ingested.isDeadLetter() ? 1 : 0)
                + (ingested.isDiscarded() ? 1 : 0);
        assertThat(places).as(() -> mutation + " of seed " + seed + ": " + shown(record)).isOne();
      }
    }
  }

  private static Set<Object> allowed(FlightMutation mutation) {
    return switch (mutation) {
      case TRUNCATE -> Set.of(NOT_JSON);
      // One bit can make anything of a record, so long as it ends somewhere.
      case FLIP_BITS -> {
        Set<Object> all = new HashSet<>(EnumSet.allOf(DeadLetterReason.class));
        all.addAll(EnumSet.allOf(End.class));
        all.remove(DeadLetterReason.DECODER_FAILURE);
        yield all;
      }
      case SWAP_TYPE -> Set.of(WRONG_TYPE);
      case NEST_DEEPLY -> Set.of(TOO_DEEP);
      case HUGE_NUMBER -> Set.of(OUT_OF_RANGE, WRONG_TYPE);
      case WIDEN_INTEGER, ADD_FIELD, MANY_SUBSECONDS, VALUE_BESIDE -> Set.of(End.ADAPTED);
      case DUPLICATE_KEY, DUPLICATE_NEW_KEY -> Set.of(DUPLICATE_FIELD);
      case INVALID_UTF8, HALF_SURROGATE, NUL_AT_START, UTF_16 -> Set.of(INVALID_ENCODING);
      case NUL_IN_STRING -> Set.of(NOT_JSON);
      case GIGANTIC_STRING -> Set.of(End.CLEAN, TOO_LARGE);
      case WRONG_TIMESTAMP, SECONDS_FOR_MILLIS -> Set.of(WRONG_TYPE);
      case FUTURE_TIMESTAMP -> Set.of(EVENT_TIME_IN_FUTURE);
      case RENAME_OPTIONAL -> Set.of(End.ADAPTED);
      case RENAME_REQUIRED, REMOVE_REQUIRED, NULL_REQUIRED -> Set.of(MISSING_FIELD);
      case REMOVE_OPTIONAL, SHUFFLE, ESCAPE -> Set.of(End.CLEAN);
      case TRAILING_DATA -> Set.of(TRAILING_DATA);
      case NO_OBJECT -> Set.of(WRONG_TYPE, NOT_JSON, NULL_RECORD);
    };
  }

  private static Object end(Ingested ingested) {
    if (ingested.isDeadLetter()) {
      return ingested.deadLetter().reason();
    }
    if (ingested.isDiscarded()) {
      return End.DISCARDED;
    }
    return ingested.drift() == null ? End.CLEAN : End.ADAPTED;
  }

  private static SchemaDrift anyPolicies(Random random) {
    Map<Kind, Policy> policies = new EnumMap<>(Kind.class);
    for (Kind kind : Kind.values()) {
      List<Policy> allowed =
          kind.allowed().stream().filter(policy -> policy != Policy.FAIL).toList();
      policies.put(kind, allowed.get(random.nextInt(allowed.size())));
    }
    Set<SchemaDrift.Coercion> coercions = EnumSet.noneOf(SchemaDrift.Coercion.class);
    for (SchemaDrift.Coercion coercion : SchemaDrift.Coercion.values()) {
      if (random.nextBoolean()) {
        coercions.add(coercion);
      }
    }
    return new SchemaDrift(
        policies, 0.9, coercions, random.nextBoolean(), random.nextInt(4) == 0, Map.of());
  }

  private static Guard guard(SchemaDrift drift) {
    Source source =
        new Source(
            "flights",
            new KafkaOrigin(
                "flights",
                "localhost:9092",
                KafkaOrigin.Format.JSON,
                "group",
                KafkaOrigin.StartFrom.EARLIEST,
                Map.of()),
            CONTRACT,
            new EventTime(
                Optional.of("departed_at"), Duration.ofSeconds(5), Optional.empty(), false),
            drift);
    return new Guard(Guard.Settings.of(source), () -> NOW);
  }

  private static Ingested settle(Guard guard, byte[] record) {
    return guard.settle(
        guard.admit(record, NOW, () -> DeadLetter.Coordinates.kafka("flights", 0, 0, null)));
  }

  private static List<String> flights() throws Exception {
    try (Stream<Departure> flights = FlightData.ofThisProject().flights()) {
      return flights
          .filter(flight -> !flight.cancelled())
          .limit(FLIGHTS)
          .map(flight -> new String(flight.json(), UTF_8))
          .toList();
    }
  }

  private static String shown(byte[] record) {
    if (record == null) {
      return "null";
    }
    String text = new String(record, UTF_8);
    return text.length() > 500 ? text.substring(0, 500) + "…" : text;
  }
}
