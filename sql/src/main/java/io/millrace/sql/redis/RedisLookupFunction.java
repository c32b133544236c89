package io.millrace.sql.redis;

import io.millrace.online.FeatureReader;
import io.millrace.online.FeatureRows;
import io.millrace.online.StrangeKeyException;
import io.millrace.sql.batches.RowBatches;
import io.millrace.sql.lookups.FurtherKeys;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.metrics.Counter;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.functions.AsyncLookupFunction;
import org.apache.flink.table.functions.FunctionContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks features up in batches, each one round trip. An entity whose features cannot be read as the
 * table declares them, or whose key holds something that is not a hash, has none, and is counted by
 * the metric {@value #UNREADABLE}; the log names the first one.
 */
public final class RedisLookupFunction extends AsyncLookupFunction {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(RedisLookupFunction.class);

  static final String UNREADABLE = "unreadable_entities";

  private final RedisTable.Access access;
  private final FeatureRows rows;
  private final FurtherKeys further;
  private final int batch;
  private final Duration linger;
  private transient RowBatches<List<Object>, Collection<RowData>> batches;

  RedisLookupFunction(
      RedisTable.Access access, FeatureRows rows, FurtherKeys further, int batch, Duration linger) {
    this.access = access;
    this.rows = rows;
    this.further = further;
    this.batch = batch;
    this.linger = linger;
  }

  @Override
  public void open(FunctionContext context) {
    Counter unreadable = context.getMetricGroup().counter(UNREADABLE);
    batches =
        new RowBatches<>(
            "redis lookup", batch, linger, List.of(new Lookups(access.open(), rows, unreadable)));
  }

  private record Lookups(FeatureReader reader, FeatureRows rows, Counter unreadable)
      implements RowBatches.Worker<List<Object>, Collection<RowData>> {

    @Override
    public List<Collection<RowData>> answer(List<List<Object>> entities) throws IOException {
      List<Collection<RowData>> answers = new ArrayList<>(entities.size());
      try {
        for (Optional<RowData> found : reader.readRows(entities, rows)) {
          answers.add(found.isPresent() ? List.of(found.get()) : List.of());
        }
        return answers;
      } catch (IllegalArgumentException | StrangeKeyException strange) {
        if (entities.size() == 1) {
          if (unreadable.getCount() == 0) {
            LOG.warn("entity {} is left out: {}", entities.get(0), strange.getMessage());
          }
          unreadable.inc();
          return List.of(List.of());
        }
      }
      answers.clear();
      for (List<Object> entity : entities) {
        answers.addAll(answer(List.of(entity)));
      }
      return answers;
    }

    @Override
    public void close() {
      reader.close();
    }
  }

  @Override
  public CompletableFuture<Collection<RowData>> asyncLookup(RowData keyRow) {
    List<Object> entity = rows.entity(keyRow);
    if (entity == null) {
      return CompletableFuture.completedFuture(List.of());
    }
    CompletableFuture<Collection<RowData>> answer = batches.ask(entity);
    if (further.isEmpty()) {
      return answer;
    }
    return answer.thenApply(
        found ->
            found.isEmpty() || further.fit(keyRow, found.iterator().next()) ? found : List.of());
  }

  @Override
  public void close() throws InterruptedException {
    if (batches != null) {
      batches.close();
    }
  }
}
