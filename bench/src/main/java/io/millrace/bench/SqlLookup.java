package io.millrace.bench;

import io.millrace.testkit.RedisServer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.types.logical.RowType;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;

/** A lookup join of five features against pipelined HMGET of the same fields. */
final class SqlLookup implements SqlBench.Pair {
  private static final int ENTITIES = 50_000;
  private static final int LOOKUPS = 400_000;
  private static final int BATCH = 500;
  private static final String[] FIELDS = {
    "_event_time", "departures_1h", "departures_24h", "mean_24h", "p95_24h", "last_dest", "_version"
  };
  private static final RowType TYPE =
      (RowType) DataTypes.ROW(DataTypes.FIELD("k", DataTypes.STRING())).getLogicalType();

  private final RedisServer server;
  private final List<String> keys = new ArrayList<>();
  private final List<RowData> rows = new ArrayList<>();

  SqlLookup(Path dir) {
    server = RedisServer.start(dir);
    Random random = new Random(7);
    try (Jedis jedis = new Jedis("127.0.0.1", server.port());
        Pipeline pipeline = jedis.pipelined()) {
      for (int i = 0; i < ENTITIES; i++) {
        String key = key(i);
        pipeline.hset(key, "_event_time", "2013-01-01T12:00:00Z");
        pipeline.hset(key, "departures_1h", String.valueOf(random.nextInt(50)));
        pipeline.hset(key, "departures_24h", String.valueOf(random.nextInt(900)));
        pipeline.hset(key, "mean_24h", String.valueOf(random.nextInt(10_000) / 100.0));
        pipeline.hset(key, "p95_24h", String.valueOf(random.nextInt(300)));
        pipeline.hset(key, "last_dest", "PWM");
        pipeline.hset(key, "_version", "1357041600000:" + i);
      }
      pipeline.sync();
    }
    for (int i = 0; i < LOOKUPS; i++) {
      int entity = random.nextInt(ENTITIES);
      keys.add(key(entity));
      rows.add(GenericRowData.of(StringData.fromString("N%05d".formatted(entity))));
    }
  }

  private static String key(int entity) {
    return "millrace:bench:planes:N%05d".formatted(entity);
  }

  @Override
  public String name() {
    return "lookups by pipelined HMGET (SQL: timeout 0 s)";
  }

  @Override
  public double peer() throws Exception {
    int callers = Runtime.getRuntime().availableProcessors();
    AtomicInteger found = new AtomicInteger();
    List<Callable<Void>> calls = new ArrayList<>();
    for (int i = 0; i < callers; i++) {
      List<String> share = keys.subList(LOOKUPS / callers * i, LOOKUPS / callers * (i + 1));
      calls.add(
          () -> {
            found.addAndGet(lookUp(share));
            return null;
          });
    }
    double seconds = SqlBench.seconds(calls);
    if (found.get() != LOOKUPS) {
      throw new IllegalStateException("found " + found);
    }
    return LOOKUPS / seconds;
  }

  private int lookUp(List<String> share) {
    int found = 0;
    try (Jedis jedis = new Jedis("127.0.0.1", server.port());
        Pipeline pipeline = jedis.pipelined()) {
      for (int from = 0; from < share.size(); from += BATCH) {
        for (String key : share.subList(from, Math.min(share.size(), from + BATCH))) {
          pipeline.hmget(key, FIELDS);
        }
        for (Object values : pipeline.syncAndReturnAll()) {
          found += ((List<?>) values).get(0) == null ? 0 : 1;
        }
      }
    }
    return found;
  }

  @Override
  public double ours() throws Exception {
    return SqlRun.rate(
        rows,
        TYPE,
        1,
        RuntimeExecutionMode.STREAMING,
        sql -> {
          sql.getConfig().set("table.exec.async-lookup.buffer-capacity", "2000");
          // As docs/sql-connectors.md advises: what bounds a lookup is the table's patience.
          sql.getConfig().set("table.exec.async-lookup.timeout", "0 s");
          sql.executeSql(
              "CREATE TEMPORARY TABLE planes (k STRING, departures_1h BIGINT, departures_24h"
                  + " BIGINT, mean_24h DOUBLE, p95_24h DOUBLE, last_dest STRING, PRIMARY KEY (k) NOT"
                  + " ENFORCED) WITH ('connector' = 'millrace-redis', 'url' = '%s', 'pipeline' ="
                      .formatted(server.uri())
                  + " 'bench', 'view' = 'planes', 'batch' = '%d')".formatted(BATCH));
        },
        "SELECT input.k, departures_1h, departures_24h, mean_24h, p95_24h, last_dest FROM input JOIN"
            + " planes FOR SYSTEM_TIME AS OF input.asked AS p ON p.k = input.k",
        LOOKUPS);
  }

  @Override
  public void close() {
    server.close();
  }
}
