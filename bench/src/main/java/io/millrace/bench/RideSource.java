package io.millrace.bench;

import io.millrace.ingest.Decoding;
import io.millrace.ingest.JsonRowDecoder;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.core.io.InputStatus;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;

/**
 * Emits the rides of a {@link Race} as rows (key BIGINT, value INT) with event times, as fast as
 * they are taken, and then falls silent without ending: the end of input would fire every window
 * that is still open, and that is not what is measured.
 */
final class RideSource implements Source<RowData, RideSource.NoSplit, Void> {
  private static final long serialVersionUID = 1L;
  private static final int ROWS_PER_POLL = 64;

  @Override
  public Boundedness getBoundedness() {
    return Boundedness.CONTINUOUS_UNBOUNDED;
  }

  @Override
  public SourceReader<RowData, NoSplit> createReader(SourceReaderContext context) {
    return new Reader(Race.current());
  }

  private static final class Reader implements SourceReader<RowData, NoSplit> {
    private final Race race;
    private final Rides rides;
    private final JsonRowDecoder decoder = new JsonRowDecoder(FeatureContestant.ROW_TYPE);
    private int next;

    Reader(Race race) {
      this.race = race;
      this.rides = race.rides();
    }

    @Override
    public InputStatus pollNext(ReaderOutput<RowData> output) {
      int end = Math.min(next + ROWS_PER_POLL, rides.size());
      for (; next < end; next++) {
        output.collect(row(next), rides.times[next]);
      }
      race.emitted(next);
      return next < rides.size() ? InputStatus.MORE_AVAILABLE : InputStatus.NOTHING_AVAILABLE;
    }

    private RowData row(int ride) {
      return rides.documents == null
          ? GenericRowData.of((long) rides.keys[ride], rides.values[ride])
          : ((Decoding.Row) decoder.decode(rides.documents[ride])).row();
    }

    @Override
    public CompletableFuture<Void> isAvailable() {
      return next < rides.size()
          ? CompletableFuture.completedFuture(null)
          : new CompletableFuture<>();
    }

    @Override
    public void start() {}

    @Override
    public List<NoSplit> snapshotState(long checkpointId) {
      return List.of();
    }

    @Override
    public void addSplits(List<NoSplit> splits) {}

    @Override
    public void notifyNoMoreSplits() {}

    @Override
    public void close() {}
  }

  /** There is nothing to divide: the source runs with parallelism one. */
  static final class NoSplit implements SourceSplit {
    @Override
    public String splitId() {
      return "all";
    }
  }

  @Override
  public SplitEnumerator<NoSplit, Void> createEnumerator(SplitEnumeratorContext<NoSplit> context) {
    return new NoEnumerator();
  }

  @Override
  public SplitEnumerator<NoSplit, Void> restoreEnumerator(
      SplitEnumeratorContext<NoSplit> context, Void checkpoint) {
    return new NoEnumerator();
  }

  private static final class NoEnumerator implements SplitEnumerator<NoSplit, Void> {
    @Override
    public void start() {}

    @Override
    public void handleSplitRequest(int subtask, String host) {}

    @Override
    public void addSplitsBack(List<NoSplit> splits, int subtask) {}

    @Override
    public void addReader(int subtask) {}

    @Override
    public Void snapshotState(long checkpointId) {
      return null;
    }

    @Override
    public void close() {}
  }

  @Override
  public SimpleVersionedSerializer<NoSplit> getSplitSerializer() {
    return new Nothing<>();
  }

  @Override
  public SimpleVersionedSerializer<Void> getEnumeratorCheckpointSerializer() {
    return new Nothing<>();
  }

  private static final class Nothing<T> implements SimpleVersionedSerializer<T> {
    @Override
    public int getVersion() {
      return 1;
    }

    @Override
    public byte[] serialize(T nothing) {
      return new byte[0];
    }

    @Override
    public T deserialize(int version, byte[] serialized) {
      return null;
    }
  }
}
