package io.millrace.sql.qdrant;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.records.PointIds;
import io.millrace.sql.Results;
import io.millrace.testkit.Ports;
import io.millrace.testkit.QdrantServer;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.List;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.api.Schema;
import org.apache.flink.table.api.TableResult;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.types.Row;
import org.apache.flink.types.RowKind;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tables of a real Qdrant. */
class QdrantTableITCase {
  @TempDir static Path folder;
  private static QdrantServer qdrant;

  private StreamTableEnvironment sql;
  private StreamExecutionEnvironment streams;

  @BeforeAll
  static void start() {
    qdrant = QdrantServer.start(folder);
  }

  @AfterAll
  static void stop() {
    qdrant.close();
  }

  @BeforeEach
  void session() {
    streams = StreamExecutionEnvironment.getExecutionEnvironment();
    sql = StreamTableEnvironment.create(streams);
    sql.getConfig().set("restart-strategy.type", "none");
    sql.getConfig().set("parallelism.default", "2");
  }

  private List<String> rows(String query) throws Exception {
    return Results.of(sql, query);
  }

  private String failure(String query) {
    return Results.failure(sql, query);
  }

  private void table(String name, String columns, String options) {
    sql.executeSql(
        "CREATE TEMPORARY TABLE %s (%s) WITH ('connector' = 'qdrant', 'url' = '%s'%s)"
            .formatted(name, columns, qdrant.url(), options));
  }

  private static final String PLANES =
      "tailnum STRING, maker STRING, seats INT, `year` BIGINT, weight DOUBLE, jet BOOLEAN, built"
          + " TIMESTAMP(3), price DECIMAL(10, 2), tags ARRAY<STRING>, emb ARRAY<FLOAT>, _text"
          + " STRING, _version BIGINT, _id STRING, _key STRING, PRIMARY KEY (tailnum) NOT ENFORCED";

  private void planes(String collection) throws Exception {
    table(
        "planes",
        PLANES,
        ", 'collection' = '%s', 'model' = 'm/fp32', 'source' = 'planes', 'indexes' = 'maker'"
            .formatted(collection));
    sql.executeSql(
            "INSERT INTO planes (tailnum, maker, seats, `year`, weight, jet, built, price, tags,"
                + " emb, _text, _version) VALUES"
                + " ('N1', 'AIRBUS', 180, 2001, 41.5, TRUE, TIMESTAMP '2001-02-03 04:05:06.789',"
                + " 99.50, ARRAY['a', 'b'], ARRAY[CAST(1 AS FLOAT), CAST(0 AS FLOAT), CAST(0 AS"
                + " FLOAT)], 'one', 1000),"
                + " ('N2', 'AIRBUS INDUSTRIE', 150, 1999, 40.0, TRUE, TIMESTAMP '1999-01-01"
                + " 00:00:00.000', 1.00, ARRAY['c'], ARRAY[CAST(0.8 AS FLOAT), CAST(0.6 AS FLOAT),"
                + " CAST(0 AS FLOAT)], 'two', 1000),"
                + " ('N3', 'CESSNA', 4, 1970, 1.1, FALSE, TIMESTAMP '1970-01-01 00:00:00.000', 2.25,"
                + " ARRAY['d'], ARRAY[CAST(0 AS FLOAT), CAST(0 AS FLOAT), CAST(1 AS FLOAT)],"
                + " 'three', 1000)")
        .await();
  }

  @Test
  void shouldReadBackWhatWasWritten() throws Exception {
    planes("read-back");
    assertThat(rows("SELECT * FROM planes WHERE tailnum = 'N1'"))
        .containsExactly(
            "+I[N1, AIRBUS, 180, 2001, 41.5, true, 2001-02-03T04:05:06.789, 99.50, [a, b], [1.0,"
                + " 0.0, 0.0], one, 1000, "
                + PointIds.of("planes", "{\"tailnum\":\"N1\"}", 0)
                + ", {\"tailnum\":\"N1\"}]");
    assertThat(rows("SELECT tailnum FROM planes LIMIT 2")).hasSize(2);
  }

  @Test
  void shouldScanInPagesAndLeaveConditionsToQdrant() throws Exception {
    planes("filters");
    String pushed =
        "maker IN ('AIRBUS', 'CESSNA') AND seats >= 4 AND seats < 180.5 AND NOT (`year` = 7) AND"
            + " weight <= 1.1e0 AND built < TIMESTAMP '1980-01-01 00:00:00' AND NOT jet";
    assertThat(rows("SELECT tailnum FROM planes /*+ OPTIONS('scan.page' = '1') */ WHERE " + pushed))
        .containsExactly("+I[N3]");
    assertThat(sql.explainSql("SELECT tailnum FROM planes WHERE maker = 'AIRBUS' AND seats > 4"))
        .contains("filter=[and(")
        .doesNotContain("where=");
    assertThat(rows("SELECT tailnum FROM planes WHERE UPPER(maker) = 'CESSNA'"))
        .containsExactly("+I[N3]");
    assertThat(rows("SELECT tailnum FROM planes WHERE jet AND maker = 'AIRBUS' OR seats = 4"))
        .containsExactlyInAnyOrder("+I[N1]", "+I[N3]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"true", "false"})
  void shouldFindTheNearestPoints(String async) throws Exception {
    planes("search-" + async);
    String found =
        "SELECT q.id, tailnum, score FROM (VALUES (1, ARRAY[CAST(0.9 AS FLOAT), CAST(0.1 AS FLOAT),"
            + " CAST(0 AS FLOAT)]), (2, ARRAY[CAST(0 AS FLOAT), CAST(0 AS FLOAT), CAST(2 AS"
            + " FLOAT)]), (3, CAST(NULL AS ARRAY<FLOAT>))) AS q(id, v), LATERAL"
            + " TABLE(VECTOR_SEARCH(%s, DESCRIPTOR(emb), q.v, %d, MAP['async', '"
            + async
            + "']))";
    assertThat(rows(found.formatted("TABLE planes", 2)))
        .hasSize(4)
        .anyMatch(row -> row.startsWith("+I[1, N1, 0.99"))
        .anyMatch(row -> row.startsWith("+I[1, N2, "))
        .anyMatch(row -> row.startsWith("+I[2, N3, 1.0"));
    assertThat(
            rows(
                found.formatted(
                    "(SELECT * FROM planes /*+ OPTIONS('filter.maker' = 'AIRBUS INDUSTRIE') */)",
                    2)))
        .hasSize(2)
        .allMatch(row -> row.contains("N2"));
    String vectors = found.replace("q.id, tailnum", "tailnum, emb[1]");
    assertThat(rows(vectors.formatted("TABLE planes", 1)))
        .anyMatch(row -> row.startsWith("+I[N1, 1.0, "));
    assertThat(
            rows(
                vectors.formatted(
                    "(SELECT * FROM planes /*+ OPTIONS('search.vectors' = 'false') */)", 1)))
        .anyMatch(row -> row.startsWith("+I[N1, null, "));
    assertThat(rows(found.formatted("(SELECT * FROM planes WHERE seats < 100)", 2)))
        .hasSize(2)
        .allMatch(row -> row.contains("N3"));
  }

  @Test
  void shouldLookUpByKeyAndById() throws Exception {
    planes("lookups");
    String join =
        "SELECT f.t, maker, seats FROM (SELECT t, PROCTIME() AS asked FROM (VALUES ('N2'), ('N9'),"
            + " ('%s')) AS v(t)) AS f LEFT JOIN planes FOR SYSTEM_TIME AS OF f.asked AS p ON %s";
    assertThat(rows(join.formatted("x", "p.tailnum = f.t")))
        .containsExactlyInAnyOrder(
            "+I[N2, AIRBUS INDUSTRIE, 150]", "+I[N9, null, null]", "+I[x, null, null]");
    String id = PointIds.of("planes", "{\"tailnum\":\"N3\"}", 0).toString();
    assertThat(rows(join.formatted(id, "p._id = f.t")))
        .containsExactlyInAnyOrder(
            "+I[" + id + ", CESSNA, 4]", "+I[N2, null, null]", "+I[N9, null, null]");
    assertThat(failure(join.formatted("x", "p.maker = f.t")))
        .contains("a lookup by maker; points are looked up by _id, or by all of the primary key");
  }

  @Test
  void shouldKeepTenantsApart() throws Exception {
    table(
        "docs",
        "id INT, owner STRING, emb ARRAY<FLOAT>, PRIMARY KEY (id) NOT ENFORCED",
        ", 'collection' = 'docs', 'model' = 'm', 'tenant' = 'owner'");
    sql.executeSql(
            "INSERT INTO docs VALUES (1, 'acme', ARRAY[CAST(1 AS FLOAT), CAST(0 AS FLOAT)]), (2,"
                + " 'other', ARRAY[CAST(1 AS FLOAT), CAST(0 AS FLOAT)])")
        .await();
    String cure = "keeps tenants apart by the column owner: name one";
    assertThat(failure("SELECT * FROM docs")).contains(cure);
    assertThat(failure("SELECT * FROM docs WHERE owner IN ('acme', 'other')")).contains(cure);
    assertThat(rows("SELECT id FROM docs WHERE owner = 'acme'")).containsExactly("+I[1]");
    assertThat(rows("SELECT id FROM docs /*+ OPTIONS('tenant.value' = 'other') */"))
        .containsExactly("+I[2]");
    String search =
        "SELECT id FROM (VALUES (ARRAY[CAST(1 AS FLOAT), CAST(0 AS FLOAT)])) AS q(v), LATERAL"
            + " TABLE(VECTOR_SEARCH(%s, DESCRIPTOR(emb), q.v, 5))";
    assertThat(failure(search.formatted("TABLE docs"))).contains(cure);
    assertThat(
            rows(search.formatted("(SELECT * FROM docs /*+ OPTIONS('tenant.value' = 'other') */)")))
        .containsExactly("+I[2]");
    String lookup =
        "SELECT p.id FROM (SELECT id, who, PROCTIME() AS asked FROM (VALUES (1, 'acme'), (2, 'acme'))"
            + " AS v(id, who)) AS f JOIN docs FOR SYSTEM_TIME AS OF f.asked AS p ON p.id = f.id";
    assertThat(failure(lookup)).contains(cure);
    assertThat(rows(lookup + " AND p.owner = f.who")).containsExactly("+I[1]");
    assertThat(rows(lookup + " AND p.owner = 'other'")).containsExactly("+I[2]");
  }

  @Test
  void shouldKeepTheNewestVersionAndWhatIsDeletedDeleted() throws Exception {
    table(
        "kept",
        "id INT, name STRING, changed TIMESTAMP(3), emb ARRAY<FLOAT>, PRIMARY KEY (id) NOT ENFORCED",
        ", 'collection' = 'kept', 'model' = 'm', 'version-column' = 'changed'");
    Float[] vector = {1f, 0f};
    DataStream<Row> changes =
        streams.fromData(
            Types.ROW_NAMED(
                new String[] {"id", "name", "changed", "emb"},
                Types.INT,
                Types.STRING,
                Types.LOCAL_DATE_TIME,
                Types.OBJECT_ARRAY(Types.FLOAT)),
            Row.ofKind(RowKind.INSERT, 1, "new", at(5), vector),
            Row.ofKind(RowKind.INSERT, 2, "gone", at(5), vector),
            Row.ofKind(RowKind.UPDATE_AFTER, 1, "old", at(4), vector),
            Row.ofKind(RowKind.DELETE, 2, "gone", at(6), vector),
            Row.ofKind(RowKind.UPDATE_AFTER, 2, "late", at(5), vector),
            Row.ofKind(RowKind.INSERT, 3, "no vector", at(5), null),
            Row.ofKind(RowKind.INSERT, 4, "NaN", at(5), new Float[] {Float.NaN, 0f}),
            Row.ofKind(RowKind.INSERT, 5, "no version", null, vector),
            Row.ofKind(RowKind.INSERT, 6, "long", at(5), new Float[] {1f, 0f, 0f}));
    sql.createTemporaryView(
        "changes",
        sql.fromChangelogStream(
            changes,
            Schema.newBuilder()
                .column("id", DataTypes.INT().notNull())
                .column("name", DataTypes.STRING())
                .column("changed", DataTypes.TIMESTAMP(3))
                .column("emb", DataTypes.ARRAY(DataTypes.FLOAT()))
                .primaryKey("id")
                .build(),
            ChangelogMode.all()));
    sql.getConfig().set("parallelism.default", "1");
    streams.setParallelism(1);
    sql.executeSql("INSERT INTO kept SELECT * FROM changes").await();
    assertThat(rows("SELECT id, name FROM kept")).containsExactly("+I[1, new]");
  }

  private static LocalDateTime at(int second) {
    return LocalDateTime.of(2013, 1, 1, 0, 0, second);
  }

  @Test
  void shouldTakeUpdatingQueriesWithoutAVersionColumn() throws Exception {
    table(
        "totals",
        "maker STRING, planes BIGINT, emb ARRAY<FLOAT>, PRIMARY KEY (maker) NOT ENFORCED",
        ", 'collection' = 'totals', 'model' = 'm'");
    sql.executeSql(
            "INSERT INTO totals SELECT maker, COUNT(*), ARRAY[CAST(COUNT(*) AS FLOAT), CAST(1 AS"
                + " FLOAT)] FROM (VALUES ('a'), ('b'), ('a'), ('a')) AS t(maker) GROUP BY maker")
        .await();
    assertThat(rows("SELECT maker, planes FROM totals"))
        .containsExactlyInAnyOrder("+I[a, 3]", "+I[b, 1]");
  }

  @Test
  void shouldSayWhatIsWrongWithATable() {
    table(
        "wrong",
        "id INT, owner STRING, a ARRAY<FLOAT>, b ARRAY<DOUBLE>, _id INT",
        ", 'collection' = 'x', 'filter.id' = 'one', 'filter.x' = 'y', 'tenant' = 'ownr', 'indexes' = 'a;owner;z', 'version-column' = 'owner', 'batch' = '0'");
    assertThat(failure("SELECT * FROM wrong"))
        .contains("'tenant' is 'ownr', which is no column; there are id, owner, a, b, _id")
        .contains("'version-column' is owner, which is STRING; expected BIGINT")
        .contains("'batch' is 0; expected a number from 1 to 10,000")
        .contains("'indexes' names z, which is no column")
        .contains("column _id is INT; it is STRING")
        .contains("'filter.id' is 'one', but the column is INT; expected")
        .contains("'filter.x' is of no column")
        .contains("the columns a, b could be the vector: say which one in 'vector-column'");
    table("sink", "id INT, emb ARRAY<FLOAT>", ", 'collection' = 'x'");
    assertThat(failure("INSERT INTO sink VALUES (1, ARRAY[CAST(1 AS FLOAT)])"))
        .contains("add PRIMARY KEY (...) NOT ENFORCED")
        .contains("'model' is not set");
    table("misspelt", "id INT", ", 'collection' = 'x', 'tennant' = 'id'");
    assertThat(failure("SELECT * FROM misspelt")).contains("tennant").contains("tenant.value");
  }

  @Test
  void shouldSayWhatIsWrongWithACollection() throws Exception {
    table("absent", "id INT, emb ARRAY<FLOAT>", ", 'collection' = 'absent'");
    assertThat(failure("SELECT id FROM absent"))
        .contains("Qdrant at 127.0.0.1:" + qdrant.grpcPort() + ": there is no collection 'absent'")
        .contains("made when its job writes the first point");
    planes("dimensions");
    assertThat(
            failure(
                "SELECT tailnum FROM (VALUES (ARRAY[CAST(1 AS FLOAT)])) AS q(v), LATERAL"
                    + " TABLE(VECTOR_SEARCH(TABLE planes, DESCRIPTOR(emb), q.v, 2))"))
        .contains(
            "the vector searched for has 1 dimensions, those of collection 'dimensions' have 3:"
                + " search with the model that made them, m/fp32");
  }

  @Test
  void shouldWaitForAServerThatComesBack() throws Exception {
    planes("restarted");
    qdrant.kill();
    TableResult found =
        sql.executeSql(
            "SELECT tailnum FROM (VALUES (ARRAY[CAST(1 AS FLOAT), CAST(0 AS FLOAT), CAST(0 AS"
                + " FLOAT)])) AS q(v), LATERAL TABLE(VECTOR_SEARCH(TABLE planes, DESCRIPTOR(emb),"
                + " q.v, 1, MAP['async', 'true']))");
    qdrant.start();
    assertThat(Results.of(found)).containsExactly("+I[N1]");
  }

  @Test
  void shouldGiveUpOnAServerThatIsAway() {
    int nobody = Ports.free();
    sql.executeSql(
        "CREATE TEMPORARY TABLE away (id INT) WITH ('connector' = 'qdrant', 'url' ="
            + " 'http://127.0.0.1:%d', 'collection' = 'c', 'patience' = '200 ms')"
                .formatted(nobody));
    assertThat(failure("SELECT * FROM away"))
        .contains("Qdrant at 127.0.0.1:" + nobody + " has not answered for PT0.2S (patience)")
        .contains("See that it runs and can be reached, or raise the patience;");
  }
}
