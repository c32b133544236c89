package io.millrace.sql.qdrant;

import io.millrace.vectors.PointReader;
import java.io.IOException;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.functions.AsyncLookupFunction;
import org.apache.flink.table.functions.FunctionContext;

/** Looks points up by their ids, in batches. */
public final class QdrantLookupFunction extends AsyncLookupFunction {
  private static final long serialVersionUID = 1L;

  private final PointBatches.Settings settings;
  private final PointKeys keys;
  private transient PointBatches<UUID, Optional<RowData>> batches;

  QdrantLookupFunction(PointBatches.Settings settings, PointKeys keys) {
    this.settings = settings;
    this.keys = keys;
  }

  @Override
  public void open(FunctionContext context) throws Exception {
    batches = new PointBatches<>("qdrant lookup", settings, QdrantLookupFunction::get);
  }

  private static List<Optional<RowData>> get(PointReader reader, List<UUID> ids)
      throws IOException, InterruptedException {
    Map<UUID, RowData> points = reader.get(new LinkedHashSet<>(ids));
    return ids.stream().map(id -> Optional.ofNullable(points.get(id))).toList();
  }

  @Override
  public CompletableFuture<Collection<RowData>> asyncLookup(RowData keyRow) {
    UUID id = keys.id(keyRow);
    if (id == null) {
      return CompletableFuture.completedFuture(List.of());
    }
    return batches
        .ask(id)
        .thenApply(
            point ->
                point.filter(each -> keys.fits(keyRow, each)).map(List::of).orElseGet(List::of));
  }

  @Override
  public void close() throws InterruptedException {
    if (batches != null) {
      batches.close();
    }
  }
}
