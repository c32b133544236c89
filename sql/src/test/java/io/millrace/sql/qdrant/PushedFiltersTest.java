package io.millrace.sql.qdrant;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which conditions a plan leaves to Qdrant. */
class PushedFiltersTest {
  private static TableEnvironment sql;

  @BeforeAll
  static void table() {
    sql = TableEnvironment.create(EnvironmentSettings.inStreamingMode());
    sql.getConfig().set("table.local-time-zone", "UTC");
    sql.executeSql(
        "CREATE TABLE points (name STRING, code CHAR(3), flag BOOLEAN, tiny TINYINT, n INT, big"
            + " BIGINT, f FLOAT, d DOUBLE, price DECIMAL(9, 2), `day` DATE, t TIMESTAMP(6), nanos"
            + " TIMESTAMP(9), z TIMESTAMP_LTZ(3), tags ARRAY<STRING>, `a.b` STRING, owner INT,"
            + " _chunk INT, _id STRING, _version BIGINT, emb ARRAY<FLOAT>) WITH ('connector' ="
            + " 'qdrant', 'url' = 'http://localhost:1', 'collection' = 'c', 'tenant' = 'owner',"
            + " 'tenant.value' = '7')");
  }

  private static String scan(String condition) {
    String plan = sql.explainSql("SELECT name FROM points WHERE " + condition);
    return plan.substring(plan.indexOf("== Optimized Execution Plan =="));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "name = 'x'",
        "'x' = name",
        "name IN ('x', 'y', 'z')",
        "flag",
        "NOT flag",
        "flag = TRUE",
        "tiny = 3",
        "n > 4 AND n <= 9",
        "n BETWEEN 4 AND 9",
        "5 > n",
        "big = 9007199254740993",
        "big >= 9007199254740991",
        "d < 0.5e0",
        "d = 0.5e0",
        "`day` >= DATE '2013-01-01'",
        "t < TIMESTAMP '2013-01-01 00:00:00.123456'",
        "z >= TO_TIMESTAMP_LTZ(1357016400123, 3)",
        "(name = 'x' OR n = 1) AND (flag OR d > 1e0)",
        "owner = 7",
        "_version > 5"
      })
  void shouldLeaveToQdrantWhatItChecksAsSqlMeansIt(String condition) {
    assertThat(scan(condition)).contains("filter=[").doesNotContain("where=");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "code = 'abc'",
        "f > CAST(0.1 AS FLOAT)",
        "price = 1.50",
        "big > 9007199254740993",
        "nanos < TIMESTAMP '2013-01-01 00:00:00.123456789'",
        "name > 'x'",
        "name <> 'x'",
        "name LIKE 'x%'",
        "name IS NULL",
        "UPPER(name) = 'X'",
        "n = big",
        "CAST(big AS INT) = 3",
        "n + 1 = 3",
        "tags[1] = 'x'",
        "`a.b` = 'x'",
        "_id = 'x'",
        "_chunk = 0",
        "owner > 7",
        "name = 'x' OR f > CAST(0.1 AS FLOAT)"
      })
  void shouldCheckTheOthersInFlink(String condition) {
    assertThat(scan(condition)).contains("where=");
  }
}
