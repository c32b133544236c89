package io.millrace.sql.functions;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;
import org.apache.flink.types.Row;
import org.apache.flink.types.RowKind;
import org.apache.flink.util.CloseableIterator;

/** SQL with all functions, in batch or streaming mode. */
final class Sql {
  final StreamExecutionEnvironment env;
  final StreamTableEnvironment tables;

  private Sql(RuntimeExecutionMode mode) {
    Configuration settings = new Configuration();
    settings.set(ExecutionOptions.RUNTIME_MODE, mode);
    settings.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
    env = StreamExecutionEnvironment.getExecutionEnvironment(settings);
    env.setParallelism(2);
    tables = StreamTableEnvironment.create(env);
    SqlFunctions.byName().forEach(tables::createTemporarySystemFunction);
  }

  static Sql batch() {
    return new Sql(RuntimeExecutionMode.BATCH);
  }

  static Sql streaming() {
    return new Sql(RuntimeExecutionMode.STREAMING);
  }

  /** The rows that a query leaves, in the order in which they came. */
  List<Row> rows(String query) {
    Map<Row, Integer> counts = new LinkedHashMap<>();
    try (CloseableIterator<Row> results = tables.executeSql(query).collect()) {
      while (results.hasNext()) {
        Row row = results.next();
        boolean leaves = row.getKind() == RowKind.INSERT || row.getKind() == RowKind.UPDATE_AFTER;
        row.setKind(RowKind.INSERT);
        counts.merge(row, leaves ? 1 : -1, Integer::sum);
        counts.remove(row, 0);
      }
    } catch (RuntimeException failed) {
      throw failed;
    } catch (Exception failed) {
      throw new IllegalStateException(failed);
    }
    List<Row> rows = new ArrayList<>();
    counts.forEach(
        (row, count) -> {
          for (int i = 0; i < count; i++) {
            rows.add(row);
          }
        });
    return rows;
  }

  Row only(String query) {
    List<Row> rows = rows(query);
    if (rows.size() != 1) {
      throw new AssertionError("one row expected of " + query + ", not " + rows);
    }
    return rows.get(0);
  }
}
