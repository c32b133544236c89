package io.millrace.bench;

import io.millrace.records.FeatureVector;
import java.util.Arrays;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.binary.BinaryRowData;
import org.apache.flink.table.data.writer.BinaryRowWriter;

/**
 * The least that can be done for the same vectors: this one view written out by hand over arrays,
 * for rows in order, without state that survives, late rows, retractions or versions. What the
 * engine could reach at most, and no alternative to it.
 */
final class BareLoop extends AbstractStreamOperator<FeatureVector>
    implements OneInputStreamOperator<RowData, FeatureVector> {
  private static final long serialVersionUID = 1L;
  private static final long HOP_MILLIS = FeatureContestant.HOP.toMillis();
  private static final int SLOTS = Integer.highestOneBit(4 * Rides.KEYS);

  private final int tiles;
  private transient long[] ids;
  private transient Key[] keys;
  private transient Key[][] wheel;
  private transient int[] waiting;
  private transient long hop;
  private transient StreamRecord<FeatureVector> element;

  BareLoop(int tiles) {
    this.tiles = tiles;
  }

  /** A key: its totals, and a ring of (hop, value) in one long each. */
  private static final class Key {
    final BinaryRowData entity = new BinaryRowData(1);
    long count;
    long sum;
    int least;
    int most;
    long version;
    int first;
    long[] ring = new long[4];
    boolean waits;

    Key(long id) {
      BinaryRowWriter writer = new BinaryRowWriter(entity);
      writer.writeLong(0, id);
      writer.complete();
    }

    void push(long event) {
      int n = (int) count;
      if (n == ring.length) {
        long[] larger = new long[2 * n];
        for (int i = 0; i < n; i++) {
          larger[i] = ring[(first + i) & (n - 1)];
        }
        ring = larger;
        first = 0;
      }
      ring[(first + n) & (ring.length - 1)] = event;
    }

    void findExtremes() {
      least = Integer.MAX_VALUE;
      most = Integer.MIN_VALUE;
      for (int i = 0; i < count; i++) {
        int value = (int) ring[(first + i) & (ring.length - 1)];
        least = Math.min(least, value);
        most = Math.max(most, value);
      }
    }
  }

  @Override
  public void open() throws Exception {
    super.open();
    ids = new long[SLOTS];
    keys = new Key[SLOTS];
    wheel = new Key[Integer.highestOneBit(tiles) * 2][8];
    waiting = new int[wheel.length];
    hop = Rides.START_MILLIS / HOP_MILLIS - tiles;
    element = new StreamRecord<>(null);
  }

  @Override
  @SuppressWarnings("rawtypes") // as declared there
  public void setKeyContextElement1(StreamRecord record) {}

  private Key key(long id) {
    int slot = (int) (id * 0x9E3779B97F4A7C15L >>> 40) & (SLOTS - 1);
    while (keys[slot] != null && ids[slot] != id) {
      slot = (slot + 1) & (SLOTS - 1);
    }
    if (keys[slot] == null) {
      ids[slot] = id;
      keys[slot] = new Key(id);
    }
    return keys[slot];
  }

  @Override
  public void processElement(StreamRecord<RowData> record) {
    RowData row = record.getValue();
    Key key = key(row.getLong(0));
    int value = row.getInt(1);
    long time = record.getTimestamp();
    long tile = time / HOP_MILLIS;
    key.push(tile << 32 | (value & 0xFFFFFFFFL));
    key.least = key.count == 0 ? value : Math.min(key.least, value);
    key.most = key.count == 0 ? value : Math.max(key.most, value);
    key.count++;
    key.sum += value;
    key.version = Math.max(key.version, time);
    if (!key.waits) {
      await(key, tile + tiles);
    }
    emit(key);
  }

  private void await(Key key, long due) {
    int bucket = (int) Math.max(due, hop + 1) & (wheel.length - 1);
    if (waiting[bucket] == wheel[bucket].length) {
      wheel[bucket] = Arrays.copyOf(wheel[bucket], 2 * waiting[bucket]);
    }
    wheel[bucket][waiting[bucket]++] = key;
    key.waits = true;
  }

  @Override
  public void processWatermark(Watermark watermark) throws Exception {
    for (long end = watermark.getTimestamp() / HOP_MILLIS; hop < end; ) {
      hop++;
      int bucket = (int) hop & (wheel.length - 1);
      int count = waiting[bucket];
      waiting[bucket] = 0;
      for (int i = 0; i < count; i++) {
        expire(wheel[bucket][i]);
      }
    }
    super.processWatermark(watermark);
  }

  private void expire(Key key) {
    boolean extreme = false;
    while (key.count > 0 && key.ring[key.first] >> 32 <= hop - tiles) {
      int value = (int) key.ring[key.first];
      key.first = (key.first + 1) & (key.ring.length - 1);
      key.count--;
      key.sum -= value;
      extreme |= value == key.least || value == key.most;
    }
    if (extreme) {
      key.findExtremes();
    }
    key.version = Math.max(key.version, hop * HOP_MILLIS);
    key.waits = false;
    if (key.count > 0) {
      await(key, (key.ring[key.first] >> 32) + tiles);
    }
    emit(key);
  }

  private void emit(Key key) {
    BinaryRowData values = new BinaryRowData(5);
    BinaryRowWriter writer = new BinaryRowWriter(values);
    writer.writeLong(0, key.count);
    if (key.count == 0) {
      for (int column = 1; column < 5; column++) {
        writer.setNullAt(column);
      }
    } else {
      writer.writeLong(1, key.sum);
      writer.writeDouble(2, (double) key.sum / key.count);
      writer.writeInt(3, key.least);
      writer.writeInt(4, key.most);
    }
    writer.complete();
    FeatureVector vector = new FeatureVector(key.entity, values, key.version, key.count, false);
    output.collect(element.replace(vector, key.version));
  }
}
