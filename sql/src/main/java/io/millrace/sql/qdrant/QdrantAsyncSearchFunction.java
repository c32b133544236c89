package io.millrace.sql.qdrant;

import io.millrace.vectors.PointReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.metrics.Counter;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.functions.AsyncVectorSearchFunction;
import org.apache.flink.table.functions.FunctionContext;

/** Searches vectors in batches, a few of which are under way at once. */
public final class QdrantAsyncSearchFunction extends AsyncVectorSearchFunction {
  private static final long serialVersionUID = 1L;

  private final PointBatches.Settings settings;
  private final boolean inDouble;
  private transient PointBatches<Search, Collection<RowData>> batches;
  private transient Counter unsearchable;

  private record Search(float[] vector, int most) {}

  QdrantAsyncSearchFunction(PointBatches.Settings settings, boolean inDouble) {
    this.settings = settings;
    this.inDouble = inDouble;
  }

  @Override
  public void open(FunctionContext context) throws Exception {
    unsearchable = context.getMetricGroup().counter(SearchedVectors.UNSEARCHABLE);
    batches = new PointBatches<>("qdrant search", settings, QdrantAsyncSearchFunction::search);
  }

  private static List<Collection<RowData>> search(PointReader reader, List<Search> searches)
      throws IOException, InterruptedException {
    List<float[]> vectors = searches.stream().map(Search::vector).toList();
    // A statement asks for the same number every time.
    return new ArrayList<>(reader.search(vectors, searches.get(0).most()));
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
    if (batches != null) {
      batches.close();
    }
  }
}
