package io.millrace.embedding;

import io.millrace.records.DeadLetter;
import io.millrace.records.EmbeddedRow;
import java.time.Duration;
import java.util.List;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.InternalTimer;
import org.apache.flink.streaming.api.operators.InternalTimerService;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.streaming.api.operators.Triggerable;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.table.data.RowData;
import org.apache.flink.types.RowKind;
import org.apache.flink.util.OutputTag;

/**
 * Rows in, points out. Texts are encoded beside the task's thread, several rows at once; rows of
 * one key follow one another, those of different keys may overtake. No watermark overtakes a row.
 * When too many rows are under way the operator takes no more, which slows its input down.
 *
 * <p>A row whose text and payload are those of its points emits nothing; one with another payload
 * and the same text emits points with the vectors it had, without encoding. A row that is deleted,
 * or whose text is empty, ends its points. A row that cannot be embedded becomes a dead letter and
 * ends its points too: a point never shows what its row no longer says.
 *
 * <p>Over a changelog every change counts in the order in which it comes. Over a source that only
 * appends, rows older than the newest of their key, or without a time, change nothing.
 *
 * <pre>
 *   state    key   grows with                          cleared when
 *   point    key   number of rows in the collection    an hour of event time after the row was
 *                                                      deleted
 *   vectors  key   the same, 4 bytes per dimension     the row is deleted
 *   waiting  key   rows under way at a snapshot        the next snapshot
 *   timers   key   rows deleted in the last hour       they fire
 * </pre>
 */
final class EmbeddingOperator extends AbstractStreamOperator<EmbeddedRow>
    implements OneInputStreamOperator<RowData, EmbeddedRow>,
        Triggerable<RowData, VoidNamespace>,
        BoundedOneInput {
  private static final long serialVersionUID = 1L;

  static final Duration DELETED_REMEMBERED = Duration.ofHours(1);

  private static final int MICROS = 1_000;

  private final EmbeddingPlan plan;
  private final EncoderFactory encoders;
  private final OutputTag<DeadLetter> deadLetters;
  private final MailboxExecutor mailbox;

  private transient TextEncoder encoder;
  private transient EncodingBatches batches;
  private transient RowForm form;
  private transient PointOutput pointOutput;
  private transient Chunker chunker;
  private transient String model;
  private transient int limit;

  private transient ValueState<PointState> points;
  private transient ValueState<float[]> vectors;
  private transient WaitingRows waiting;
  private transient InternalTimerService<VoidNamespace> timers;

  private transient RowsUnderWay underWay;

  private transient EmbeddingCounts counts;

  EmbeddingOperator(
      StreamOperatorParameters<EmbeddedRow> parameters,
      EmbeddingPlan plan,
      EncoderFactory encoders,
      OutputTag<DeadLetter> deadLetters,
      MailboxExecutor mailbox) {
    super(parameters);
    this.plan = plan;
    this.encoders = encoders;
    this.deadLetters = deadLetters;
    this.mailbox = mailbox;
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    points =
        context
            .getKeyedStateStore()
            .getState(new ValueStateDescriptor<>("point", TypeInformation.of(PointState.class)));
    vectors =
        context
            .getKeyedStateStore()
            .getState(
                new ValueStateDescriptor<>(
                    "vectors", PrimitiveArrayTypeInfo.FLOAT_PRIMITIVE_ARRAY_TYPE_INFO));
    waiting = new WaitingRows(context.getKeyedStateStore(), plan.rowType());
  }

  @Override
  public void open() throws Exception {
    super.open();
    underWay = new RowsUnderWay(super::processWatermark);
    limit = Math.max(256, 2 * plan.batchTexts() * (1 + plan.batchesInFlight()));
    form = new RowForm(plan);
    timers = getInternalTimerService("deleted", VoidNamespaceSerializer.INSTANCE, this);
    encoder = encoders.open();
    model = encoder.model().id();
    pointOutput =
        new PointOutput(output, deadLetters, plan.schema().source(), form, encoder.model());
    chunker =
        plan.chunkTokens() == 0
            ? null
            : new Chunker(plan.chunkTokens(), plan.chunkOverlap(), encoder::countTokens);
    counts = new EmbeddingCounts(getMetricGroup(), underWay::count, encoder);
    batches =
        new EncodingBatches(
            plan, encoder, mailbox, getProcessingTimeService(), getMetricGroup(), this::onEncoded);
    for (Change change : waiting.restore(getKeyedStateBackend(), underWay)) {
      admit(change);
    }
  }

  @Override
  public void processElement(StreamRecord<RowData> record) throws Exception {
    RowData key = (RowData) getCurrentKey();
    while (underWay.count() >= limit) {
      mailbox.yield();
    }
    admit(
        underWay.take(
            key,
            record.getValue(),
            record.hasTimestamp() ? record.getTimestamp() : Change.NO_TIME));
  }

  private void admit(Change change) throws Exception {
    if (underWay.waits(change)) {
      return;
    }
    if (begin(change)) {
      underWay.encoding(change);
      batches.add(change);
    } else {
      underWay.finish(change);
    }
  }

  private void onEncoded(Change change) throws Exception {
    setCurrentKey(change.key);
    apply(change);
    underWay.finish(change);
    for (Change next = underWay.next(change.key); next != null; next = underWay.next(change.key)) {
      if (begin(next)) {
        batches.add(next);
        return;
      }
      underWay.finish(next);
    }
  }

  @Override
  public void processWatermark(Watermark watermark) throws Exception {
    underWay.follow(watermark);
  }

  /** Does what can be done at once; returns whether the change has texts to be encoded. */
  private boolean begin(Change change) throws Exception {
    setCurrentKey(change.key);
    if (change.row.getRowKind() == RowKind.UPDATE_BEFORE) {
      return false;
    }
    PointState before = points.value();
    if (!plan.changelog() && !isNewest(change, before)) {
      return false;
    }
    long micros = change.hasTime() ? Math.max(0, change.timeMillis) * MICROS : 0;
    change.version = before == null ? micros : Math.max(before.version() + 1, micros);
    boolean alive = before != null && !before.isDeleted();
    boolean deleted = change.row.getRowKind() == RowKind.DELETE;
    String text = deleted ? "" : form.text(change.row);
    change.tenant = form.tenant(change.row);
    if (text.isEmpty()) {
      (deleted ? counts.deleted : counts.empty).inc();
      // State that was lost on purpose must not leave a point in the store for ever.
      if (alive || deleted && before == null) {
        retire(change, before);
      }
      return false;
    }
    if (plan.schema().hasTenants() && change.tenant.isEmpty()) {
      refuse(
          change,
          before,
          plan.schema().tenantField(),
          "the row names no tenant; fill the field " + plan.schema().tenantField());
      return false;
    }
    change.contentHash =
        ContentHash.of(model, text, plan.chunkTokens() + " " + plan.chunkOverlap());
    change.payload = form.payload(change.row);
    change.payloadHash = form.hash(change.payload);
    change.expect(chunker == null ? List.of(text) : chunker.chunks(text));
    return !(alive && before.contentHash().equals(change.contentHash) && keeps(change, before));
  }

  /** Over a source that only appends: whether a row is no older than what its key shows. */
  private boolean isNewest(Change change, PointState before) {
    if (!change.hasTime()) {
      counts.untimed.inc();
      return false;
    }
    if (before != null && change.timeMillis < Math.floorDiv(before.version(), MICROS)) {
      counts.superseded.inc();
      return false;
    }
    return true;
  }

  /** Whether a change of a row whose text stays the same needs no encoding. */
  private boolean keeps(Change change, PointState before) throws Exception {
    if (before.tenant().equals(change.tenant) && before.payloadHash() == change.payloadHash) {
      counts.unchanged.inc();
      if (!plan.changelog()) {
        // Rows that come later and are older than this one must be recognised as such.
        points.update(state(change));
      }
      return true;
    }
    float[] known = vectors.value();
    if (known == null || known.length != change.texts.size() * encoder.model().dimension()) {
      return false;
    }
    counts.payloadOnly.inc();
    pointOutput.show(change, known);
    points.update(state(change));
    return true;
  }

  private PointState state(Change change) {
    return new PointState(
        change.version, change.texts.size(), change.tenant, change.contentHash, change.payloadHash);
  }

  private void apply(Change change) throws Exception {
    PointState before = points.value();
    String refusal = change.refusal();
    if (refusal != null) {
      refuse(change, before, "", refusal);
      return;
    }
    int dimension = encoder.model().dimension();
    float[] all = new float[change.texts.size() * dimension];
    for (int i = 0; i < change.texts.size(); i++) {
      System.arraycopy(change.encoding(i).vector(), 0, all, i * dimension, dimension);
    }
    pointOutput.show(change, all);
    if (before != null) {
      pointOutput.end(change, before.tenant(), change.texts.size(), before.chunks());
    }
    vectors.update(all);
    points.update(state(change));
    counts.embedded.inc();
  }

  private void refuse(Change change, PointState before, String field, String reason)
      throws Exception {
    counts.refused.inc();
    pointOutput.refuse(change, field, reason);
    if (before != null && !before.isDeleted()) {
      retire(change, before);
    }
  }

  /** Ends all points of a row. */
  private void retire(Change change, PointState before) throws Exception {
    String tenant = before == null ? change.tenant : before.tenant();
    pointOutput.end(change, tenant, 0, before == null ? 1 : before.chunks());
    vectors.clear();
    points.update(new PointState(change.version, 0, "", "", 0));
    timers.registerEventTimeTimer(VoidNamespace.INSTANCE, forgottenAt(change.version));
  }

  private static long forgottenAt(long version) {
    return Math.floorDiv(version, MICROS) + DELETED_REMEMBERED.toMillis();
  }

  @Override
  public void onEventTime(InternalTimer<RowData, VoidNamespace> timer) throws Exception {
    PointState state = points.value();
    if (state != null
        && state.isDeleted()
        && forgottenAt(state.version()) <= timer.getTimestamp()) {
      points.clear();
    }
  }

  @Override
  public void onProcessingTime(InternalTimer<RowData, VoidNamespace> timer) {
    throw new IllegalStateException("no such timer is set");
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    waiting.save(underWay, this::setCurrentKey);
  }

  @Override
  public void endInput() throws Exception {
    batches.drain();
    while (!underWay.isEmpty()) {
      mailbox.yield();
    }
  }

  @Override
  public void close() throws Exception {
    if (batches != null) {
      batches.close();
    }
    if (encoder != null) {
      encoder.close();
    }
    super.close();
  }
}
