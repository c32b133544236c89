package io.millrace.features;

import java.util.function.BiConsumer;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.binary.BinaryRowData;
import org.apache.flink.table.data.writer.BinaryRowWriter;

/**
 * The history of a view that aggregates: the {@link FeatureEngine} that serves it online, in which
 * a question lets time pass as a watermark does there.
 */
final class AggregateHistory implements KeyHistory {
  private final FeaturePlan plan;
  private final StateShape shape;
  private final FeatureEngine engine;
  private final long ttlMillis;
  private final BinaryRowData values;
  private final BinaryRowWriter writer;
  private Head head;

  /**
   * @param ttlMillis how long after their last change values are served
   */
  AggregateHistory(FeaturePlan plan, long ttlMillis) {
    this.plan = plan;
    this.ttlMillis = ttlMillis;
    shape = StateShape.of(plan);
    engine = new FeatureEngine(shape);
    values = new BinaryRowData(plan.features());
    writer = new BinaryRowWriter(values);
  }

  @Override
  public void begin() throws Exception {
    head = engine.open(null, Nowhere.INSTANCE);
    engine.turnTo(head, Nowhere.INSTANCE);
  }

  @Override
  public void take(RowData row, long timeMillis) throws Exception {
    engine.take(row, timeMillis, Moments.isTakenBack(row.getRowKind()));
  }

  @Override
  public BinaryRowData ask(long timeMillis) throws Exception {
    engine.advance(shape.hops().tile(timeMillis));
    // The version is the moment of the last write: no write, no value; an old one has expired.
    if (unknown() || timeMillis - head.versionMillis >= ttlMillis) {
      return null;
    }
    writer.reset();
    plan.write(head.totals, writer);
    return values;
  }

  @Override
  public boolean unknown() {
    return head.versionMillis == Head.BEFORE_ALL;
  }

  @Override
  public boolean deleted() {
    return false;
  }

  @Override
  public long versionMillis() {
    return head.versionMillis;
  }

  @Override
  public long revision() {
    return engine.revision();
  }

  /** Everything of the one key at hand is in its head. */
  private enum Nowhere implements ChunkStore {
    INSTANCE;

    @Override
    public Chunk get(long address) {
      return null;
    }

    @Override
    public void put(long address, Chunk chunk) {
      throw new IllegalStateException("history is not kept");
    }

    @Override
    public void remove(long address) {}

    @Override
    public void takeAll(BiConsumer<Long, Chunk> taker) {}

    @Override
    public boolean live() {
      return true;
    }
  }
}
