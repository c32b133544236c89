package io.millrace.sql.qdrant;

import io.millrace.sql.batches.RowBatches;
import io.millrace.vectors.PointReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.metrics.Counter;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.functions.AsyncVectorSearchFunction;
import org.apache.flink.table.functions.FunctionContext;

/** Searches vectors in batches, a few of which are under way at once. */
public final class QdrantAsyncSearchFunction extends AsyncVectorSearchFunction {
  private static final long serialVersionUID = 1L;

  private final QdrantAccess access;
  private final boolean inDouble;
  private final int batch;
  private final int inFlight;
  private final Duration linger;
  private transient PointReader reader;
  private transient RowBatches<Search, Collection<RowData>> batches;
  private transient Counter unsearchable;

  private record Search(float[] vector, int most) {}

  QdrantAsyncSearchFunction(
      QdrantAccess access, boolean inDouble, int batch, int inFlight, Duration linger) {
    this.access = access;
    this.inDouble = inDouble;
    this.batch = batch;
    this.inFlight = inFlight;
    this.linger = linger;
  }

  @Override
  public void open(FunctionContext context) throws Exception {
    unsearchable = context.getMetricGroup().counter(SearchedVectors.UNSEARCHABLE);
    PointReader opened = access.open();
    reader = opened;
    RowBatches.Worker<Search, Collection<RowData>> worker = searches -> answer(opened, searches);
    batches =
        new RowBatches<>("qdrant search", batch, linger, Collections.nCopies(inFlight, worker));
  }

  private static List<Collection<RowData>> answer(PointReader reader, List<Search> searches)
      throws Exception {
    List<float[]> vectors = searches.stream().map(Search::vector).toList();
    try {
      // A statement asks for the same number every time.
      return new ArrayList<>(reader.search(vectors, searches.get(0).most()));
    } catch (IllegalArgumentException wrong) {
      throw new SuppressRestartsException(wrong);
    }
  }

  @Override
  public CompletableFuture<Collection<RowData>> asyncVectorSearch(int most, RowData query) {
    float[] vector = SearchedVectors.of(query, inDouble);
    if (vector == null) {
      unsearchable.inc();
      return CompletableFuture.completedFuture(List.of());
    }
    return batches.ask(new Search(vector, most));
  }

  @Override
  public void close() throws InterruptedException {
    try {
      if (batches != null) {
        batches.close();
      }
    } finally {
      if (reader != null) {
        reader.close();
      }
    }
  }
}
