package io.millrace.duplicates;

import io.millrace.records.EmbeddedRow;
import io.millrace.vectors.Neighbour;
import io.millrace.vectors.NeighbourSearch;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.async.ResultFuture;
import org.apache.flink.streaming.api.functions.async.RichAsyncFunction;

/**
 * Looks for the neighbours of rows that Qdrant has acknowledged, a few at once. Rows that were
 * under way at a checkpoint are looked for again after a failure.
 */
final class NeighbourFunction extends RichAsyncFunction<EmbeddedRow, FoundRow> {
  private static final long serialVersionUID = 1L;

  private final DuplicatesPlan plan;

  private transient RowCandidates candidates;
  private transient NeighbourSearch search;
  private transient ExecutorService searchers;
  private transient Counter searches;
  private transient Counter saturated;

  NeighbourFunction(DuplicatesPlan plan) {
    this.plan = plan;
  }

  @Override
  public void open(OpenContext context) {
    candidates = new RowCandidates(plan);
    searches = getRuntimeContext().getMetricGroup().counter("neighbourSearches");
    saturated = getRuntimeContext().getMetricGroup().counter("saturatedNeighbourSearches");
    if (plan.neighbours() != null) {
      search = plan.neighbours().open();
      searchers =
          Executors.newFixedThreadPool(
              plan.neighbours().inFlight(),
              task -> {
                Thread thread = new Thread(task, "neighbours in " + plan.schema().collection());
                thread.setDaemon(true);
                return thread;
              });
    }
  }

  @Override
  public void asyncInvoke(EmbeddedRow row, ResultFuture<FoundRow> future) {
    CandidateRow candidate = candidates.of(row);
    if (row.isDelete() || search == null) {
      future.complete(List.of(new FoundRow(candidate, row.isDelete(), List.of())));
      return;
    }
    searches.inc();
    searchers.execute(
        () -> {
          try {
            List<Neighbour> found = search.of(row);
            future.complete(
                () -> {
                  // In the task's thread, which counters belong to.
                  if (found.size() >= plan.spec().neighbours().limit()) {
                    saturated.inc();
                  }
                  return List.of(new FoundRow(candidate, false, found));
                });
          } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
          } catch (Exception failure) {
            future.completeExceptionally(failure);
          }
        });
  }

  @Override
  public void close() {
    if (searchers != null) {
      searchers.shutdownNow();
    }
    if (search != null) {
      search.close();
    }
  }
}
