package io.millrace.bench;

import io.millrace.sql.functions.Psi;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.RowType;

/** PSI as a function against what SQL has without it: counts by bin, and the formula over them. */
final class SqlPsi implements SqlBench.Pair {
  private static final int ROWS = 1_000_000;
  private static final int PASSES = 10;
  private static final RowType TYPE =
      (RowType)
          DataTypes.ROW(
                  DataTypes.FIELD("v", DataTypes.DOUBLE()),
                  DataTypes.FIELD("baseline", DataTypes.BOOLEAN()))
              .getLogicalType();

  private final List<RowData> rows = new ArrayList<>(ROWS);

  SqlPsi() {
    Random random = new Random(7);
    for (int i = 0; i < ROWS; i++) {
      boolean old = i % 2 == 0;
      rows.add(GenericRowData.of(random.nextGaussian() + (old ? 0 : 0.2), old));
    }
  }

  @Override
  public String name() {
    return "rows by a histogram with GROUP BY";
  }

  @Override
  public double peer() throws Exception {
    return rate(
        """
        SELECT SUM((c - r) * LN(c / r)) FROM (
          SELECT n_old / SUM(n_old) OVER () AS r, n_new / SUM(n_new) OVER () AS c FROM (
            SELECT COUNT(*) FILTER (WHERE baseline) + 0.5e0 AS n_old,
                   COUNT(*) FILTER (WHERE NOT baseline) + 0.5e0 AS n_new
            FROM input
            GROUP BY LEAST(4e0, GREATEST(-5e0, FLOOR(v * 2.5e0)))))
        """);
  }

  @Override
  public double ours() throws Exception {
    return rate("SELECT PSI(v, baseline) FROM input");
  }

  private double rate(String query) throws Exception {
    return SqlRun.rate(
        rows,
        TYPE,
        PASSES,
        RuntimeExecutionMode.BATCH,
        sql -> sql.createTemporarySystemFunction("PSI", Psi.class),
        query,
        1);
  }
}
