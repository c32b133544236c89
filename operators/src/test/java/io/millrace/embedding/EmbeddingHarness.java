package io.millrace.embedding;

import io.millrace.pipeline.EmbeddingModelSpec;
import io.millrace.pipeline.ModelCard;
import io.millrace.pipeline.Secret;
import io.millrace.pipeline.TextTemplate;
import io.millrace.records.DeadLetter;
import io.millrace.records.EmbeddedRow;
import io.millrace.records.EmbeddingSchema;
import io.millrace.testkit.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.tasks.mailbox.TaskMailbox;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;
import org.apache.flink.table.types.logical.IntType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.VarCharType;
import org.apache.flink.types.RowKind;

/** Planes, embedded by a {@link ScriptedEncoder}. */
final class EmbeddingHarness implements AutoCloseable {
  static final RowType PLANE =
      RowType.of(
          new LogicalType[] {
            VarCharType.STRING_TYPE,
            new VarCharType(false, VarCharType.MAX_LENGTH),
            VarCharType.STRING_TYPE,
            new IntType(),
            VarCharType.STRING_TYPE
          },
          new String[] {"model", "tailnum", "owner", "seats", "pilot"});

  final ScriptedEncoder encoder;
  final KeyedOneInputStreamOperatorTestHarness<RowData, RowData, EmbeddedRow> harness;
  private long checkpoint;

  EmbeddingHarness(EmbeddingPlan plan, StateBackend backend, OperatorSubtaskState restored)
      throws Exception {
    this(plan, backend, restored, new ScriptedEncoder());
  }

  EmbeddingHarness(
      EmbeddingPlan plan,
      StateBackend backend,
      OperatorSubtaskState restored,
      ScriptedEncoder encoder)
      throws Exception {
    this.encoder = encoder;
    harness =
        new KeyedOneInputStreamOperatorTestHarness<>(
            new EmbeddingOperatorFactory(plan, () -> encoder, EmbeddingTopology.DEAD_LETTERS),
            new RowKey(PLANE, plan.key()),
            InternalTypeInfo.of(plan.keyType()));
    harness.setStateBackend(backend);
    harness.setup();
    if (restored != null) {
      harness.initializeState(restored);
    }
    harness.open();
  }

  static EmbeddingPlan plan(String template, boolean changelog, String tenant, int chunkTokens)
      throws Exception {
    return new EmbeddingPlan(
        new EmbeddingSchema(
            "planes_text",
            "planes",
            "planes",
            tenant,
            EmbeddingPlan.fields(PLANE, List.of("tailnum", "seats"))),
        PLANE,
        List.of("tailnum"),
        TextTemplate.parse(template),
        Set.of("pilot"),
        new EncoderSettings(
            EmbeddingModelSpec.Local.known("all-minilm-l6-v2", ModelCard.Precision.FP32),
            null,
            true,
            0,
            new Secret(""),
            Duration.ofDays(1)),
        chunkTokens,
        0,
        4,
        Duration.ZERO,
        1,
        Duration.ofSeconds(2),
        changelog,
        "planes",
        "1.0.0",
        "public.planes");
  }

  static RowData plane(RowKind kind, String tailnum, String model, String owner, Integer seats) {
    GenericRowData row =
        GenericRowData.of(
            StringData.fromString(model),
            StringData.fromString(tailnum),
            StringData.fromString(owner),
            seats,
            StringData.fromString("Ada L."));
    row.setRowKind(kind);
    return row;
  }

  void insert(String tailnum, String model, int seats, long timeMillis) throws Exception {
    send(plane(RowKind.INSERT, tailnum, model, "UA", seats), timeMillis);
  }

  void delete(String tailnum, String model, int seats, long timeMillis) throws Exception {
    send(plane(RowKind.DELETE, tailnum, model, "UA", seats), timeMillis);
  }

  void send(RowData row, long timeMillis) throws Exception {
    harness.processElement(new StreamRecord<>(row, timeMillis));
  }

  void watermark(long timeMillis) throws Exception {
    harness.processWatermark(new Watermark(timeMillis));
  }

  /** Runs what the encoder sent back, until so many elements have been emitted in all. */
  void awaitOutputs(int count) {
    Deadline.await(
        Duration.ofSeconds(10),
        () -> count + " outputs, have " + harness.getOutput(),
        () -> {
          runMails();
          return outputs().size() + letters().size() >= count;
        });
  }

  void runMails() throws Exception {
    for (var mail = harness.getTaskMailbox().tryTake(TaskMailbox.MIN_PRIORITY);
        mail.isPresent();
        mail = harness.getTaskMailbox().tryTake(TaskMailbox.MIN_PRIORITY)) {
      mail.get().run();
    }
  }

  List<EmbeddedRow> outputs() {
    return harness.extractOutputValues();
  }

  List<DeadLetter> letters() {
    List<DeadLetter> letters = new ArrayList<>();
    var side = harness.getSideOutput(EmbeddingTopology.DEAD_LETTERS);
    if (side != null) {
      side.forEach(letter -> letters.add(letter.getValue()));
    }
    return letters;
  }

  OperatorSubtaskState snapshot() throws Exception {
    checkpoint++;
    return harness.snapshot(checkpoint, checkpoint);
  }

  @Override
  public void close() throws Exception {
    encoder.letThrough(1_000);
    harness.close();
  }
}
