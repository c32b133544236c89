package io.millrace.sql.scans;

import java.util.List;
import java.util.Optional;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.table.data.RowData;

/**
 * A bounded source over {@link Pages}. Its state is the position of the last row that was handed
 * on, so that after a failure rows come neither twice nor never, as far as the store has them in
 * the same order. One subtask reads; others would have nothing to do.
 *
 * <p>State: the reader's split, one position; grows with nothing; gone when the scan ends.
 */
public final class PagedSource implements Source<RowData, PagedSplit, Optional<PagedSplit>> {
  private static final long serialVersionUID = 1L;

  private final Pages.Opener pages;
  private final long limit;

  /**
   * @param limit most rows; negative for all
   */
  public PagedSource(Pages.Opener pages, long limit) {
    this.pages = pages;
    this.limit = limit;
  }

  @Override
  public Boundedness getBoundedness() {
    return Boundedness.BOUNDED;
  }

  @Override
  public SourceReader<RowData, PagedSplit> createReader(SourceReaderContext context) {
    return new PagedReader(context, pages, limit);
  }

  @Override
  public SplitEnumerator<PagedSplit, Optional<PagedSplit>> createEnumerator(
      SplitEnumeratorContext<PagedSplit> context) {
    return new OneSplit(context, Optional.of(PagedSplit.BEGINNING));
  }

  @Override
  public SplitEnumerator<PagedSplit, Optional<PagedSplit>> restoreEnumerator(
      SplitEnumeratorContext<PagedSplit> context, Optional<PagedSplit> waiting) {
    return new OneSplit(context, waiting);
  }

  @Override
  public SimpleVersionedSerializer<PagedSplit> getSplitSerializer() {
    return new PagedSplit.Serializer();
  }

  @Override
  public SimpleVersionedSerializer<Optional<PagedSplit>> getEnumeratorCheckpointSerializer() {
    return new PagedSplit.OptionalSerializer();
  }

  /** Hands the split to whoever asks first. */
  private static final class OneSplit implements SplitEnumerator<PagedSplit, Optional<PagedSplit>> {
    private final SplitEnumeratorContext<PagedSplit> context;
    private Optional<PagedSplit> waiting;

    OneSplit(SplitEnumeratorContext<PagedSplit> context, Optional<PagedSplit> waiting) {
      this.context = context;
      this.waiting = waiting;
    }

    @Override
    public void start() {}

    @Override
    public void handleSplitRequest(int subtask, String host) {
      if (waiting.isPresent()) {
        context.assignSplit(waiting.get(), subtask);
        waiting = Optional.empty();
      }
      context.signalNoMoreSplits(subtask);
    }

    @Override
    public void addSplitsBack(List<PagedSplit> splits, int subtask) {
      waiting = splits.stream().findFirst().or(() -> waiting);
    }

    @Override
    public void addReader(int subtask) {}

    @Override
    public Optional<PagedSplit> snapshotState(long checkpoint) {
      return waiting;
    }

    @Override
    public void close() {}
  }
}
