package io.millrace.sql;

import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.ArrayList;
import java.util.List;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.table.api.TableResult;
import org.apache.flink.types.Row;
import org.apache.flink.util.CloseableIterator;
import org.apache.flink.util.ExceptionUtils;

/** What queries give. */
public final class Results {
  private Results() {}

  /** All rows, with their kinds, as text. */
  public static List<String> of(TableEnvironment sql, String query) throws Exception {
    return of(sql.executeSql(query));
  }

  /** The same of a query that runs already. */
  public static List<String> of(TableResult result) throws Exception {
    List<String> rows = new ArrayList<>();
    try (CloseableIterator<Row> all = result.collect()) {
      all.forEachRemaining(row -> rows.add(row.toString()));
    }
    return rows;
  }

  /** The stack trace of a query that fails; {@code fine} when it does not. */
  public static String failure(TableEnvironment sql, String query) {
    Throwable failure = catchThrowable(() -> of(sql, query));
    return failure == null ? "fine" : ExceptionUtils.stringifyException(failure);
  }
}
