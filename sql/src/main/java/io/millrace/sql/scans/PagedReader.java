package io.millrace.sql.scans;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.core.io.InputStatus;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.table.data.RowData;

/** Reads the only split, a page at a time, on the task's thread. */
final class PagedReader implements SourceReader<RowData, PagedSplit> {
  private final SourceReaderContext context;
  private final Pages.Opener opener;
  private final long limit;
  private final CompletableFuture<Void> told = new CompletableFuture<>();
  private PagedSplit split;
  private Pages pages;
  private Pages.Page page;
  private int next;
  private boolean ended;

  PagedReader(SourceReaderContext context, Pages.Opener opener, long limit) {
    this.context = context;
    this.opener = opener;
    this.limit = limit;
  }

  @Override
  public void start() {
    if (split == null) {
      context.sendSplitRequest();
    }
  }

  @Override
  public InputStatus pollNext(ReaderOutput<RowData> output) throws Exception {
    if (split == null) {
      return told.isDone() ? InputStatus.END_OF_INPUT : InputStatus.NOTHING_AVAILABLE;
    }
    if (!ended && !turned()) {
      ended = true;
    }
    if (ended) {
      return InputStatus.END_OF_INPUT;
    }
    output.collect(page.rows().get(next));
    split = new PagedSplit(page.positions().get(next), split.rows() + 1);
    next++;
    return InputStatus.MORE_AVAILABLE;
  }

  /** Whether there is a next row, on this page or one that is fetched. */
  private boolean turned() throws Exception {
    if (limit >= 0 && split.rows() >= limit) {
      return false;
    }
    try {
      if (pages == null) {
        pages = opener.open();
      }
      while (page == null || next == page.rows().size()) {
        if (page != null && page.last()) {
          return false;
        }
        String from =
            page == null || page.positions().isEmpty()
                ? split.position()
                : page.positions().get(page.positions().size() - 1);
        page = pages.after(from);
        next = 0;
      }
      return true;
    } catch (IllegalArgumentException wrong) {
      throw new SuppressRestartsException(wrong);
    }
  }

  @Override
  public List<PagedSplit> snapshotState(long checkpoint) {
    // A scan that has ended is not begun again.
    return split == null ? List.of() : List.of(split);
  }

  @Override
  public CompletableFuture<Void> isAvailable() {
    return split == null ? told : CompletableFuture.completedFuture(null);
  }

  @Override
  public void addSplits(List<PagedSplit> splits) {
    split = splits.get(0);
    told.complete(null);
  }

  @Override
  public void notifyNoMoreSplits() {
    told.complete(null);
  }

  @Override
  public void close() {
    if (pages != null) {
      pages.close();
    }
  }
}
