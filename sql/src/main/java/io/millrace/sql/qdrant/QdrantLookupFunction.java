package io.millrace.sql.qdrant;

import io.millrace.sql.batches.RowBatches;
import io.millrace.vectors.PointReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.functions.AsyncLookupFunction;
import org.apache.flink.table.functions.FunctionContext;

/** Looks points up by their ids, in batches. */
public final class QdrantLookupFunction extends AsyncLookupFunction {
  private static final long serialVersionUID = 1L;

  private final QdrantAccess access;
  private final PointKeys keys;
  private final int batch;
  private final int inFlight;
  private final Duration linger;
  private transient PointReader reader;
  private transient RowBatches<UUID, Optional<RowData>> batches;

  QdrantLookupFunction(
      QdrantAccess access, PointKeys keys, int batch, int inFlight, Duration linger) {
    this.access = access;
    this.keys = keys;
    this.batch = batch;
    this.inFlight = inFlight;
    this.linger = linger;
  }

  @Override
  public void open(FunctionContext context) throws Exception {
    PointReader opened = access.open();
    reader = opened;
    RowBatches.Worker<UUID, Optional<RowData>> worker = ids -> answer(opened, ids);
    batches =
        new RowBatches<>("qdrant lookup", batch, linger, Collections.nCopies(inFlight, worker));
  }

  private static List<Optional<RowData>> answer(PointReader reader, List<UUID> ids)
      throws Exception {
    Map<UUID, RowData> points;
    try {
      points = reader.get(new LinkedHashSet<>(ids));
    } catch (IllegalArgumentException wrong) {
      throw new SuppressRestartsException(wrong);
    }
    List<Optional<RowData>> answers = new ArrayList<>(ids.size());
    ids.forEach(id -> answers.add(Optional.ofNullable(points.get(id))));
    return answers;
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
