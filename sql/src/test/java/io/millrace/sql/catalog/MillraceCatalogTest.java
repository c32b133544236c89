package io.millrace.sql.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.sql.Results;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.table.catalog.exceptions.DatabaseNotExistException;
import org.apache.flink.types.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MillraceCatalogTest {

  private static final Path PROJECT = Path.of("..").toAbsolutePath().normalize();

  @TempDir private Path folder;

  private final TableEnvironment sql = TableEnvironment.create(EnvironmentSettings.inBatchMode());

  private void pipeline(String file, String text) throws IOException {
    Files.writeString(folder.resolve(file), text);
  }

  /** The project's own pipelines, beside which a test may put others. */
  private void theProjectsPipelines() throws IOException {
    for (String name : List.of("flights", "planes")) {
      String text = Files.readString(PROJECT.resolve("conf/pipelines/" + name + ".yaml"));
      pipeline(
          name + ".yaml", text.replace("contract: schemas/", "contract: " + PROJECT + "/schemas/"));
    }
  }

  private void open(String... furtherOptions) {
    sql.executeSql(
        "CREATE CATALOG millrace WITH ('type' = 'millrace', 'pipelines' = '"
            + folder
            + "'"
            + String.join("", List.of(furtherOptions).stream().map(it -> ", " + it).toList())
            + ")");
    sql.executeSql("USE CATALOG millrace");
  }

  private List<String> rows(String query) throws Exception {
    return Results.of(sql, query);
  }

  private List<Row> objects(String query) {
    List<Row> rows = new ArrayList<>();
    sql.executeSql(query).collect().forEachRemaining(rows::add);
    return rows;
  }

  @Test
  void shouldHaveADatabaseForEachPipelineAndOneAboutThem() throws Exception {
    theProjectsPipelines();
    open();
    assertThat(rows("SHOW DATABASES")).contains("+I[flights]", "+I[planes]", "+I[system]");
    sql.executeSql("USE flights");
    assertThat(rows("SHOW TABLES"))
        .contains(
            "+I[flights]",
            "+I[carrier_delay]",
            "+I[route_delay]",
            "+I[dead_letters]",
            "+I[schema_changes]",
            "+I[quality]",
            "+I[consistency]",
            "+I[drift]",
            "+I[drift_windows]",
            "+I[alerts]",
            "+I[retraining]");
  }

  @Test
  void shouldDescribeASourceInTheWordsOfItsContract() throws Exception {
    theProjectsPipelines();
    open();
    List<Row> columns = objects("DESCRIBE flights.flights");
    assertThat(columns)
        .anySatisfy(
            column -> {
              assertThat(column.getField(0)).isEqualTo("carrier");
              assertThat(column.toString()).contains("STRING", "Two-letter code of the airline.");
            })
        .anySatisfy(
            column -> {
              assertThat(column.getField(0)).isEqualTo("departed_at");
              assertThat(column.toString())
                  .contains("TIMESTAMP_LTZ(3)", "`departed_at` - INTERVAL '5' MINUTE");
            })
        .anySatisfy(column -> assertThat(column.getField(0)).isEqualTo("_offset"));
  }

  @Test
  void shouldKnowTheTypesOfFeatures() throws Exception {
    theProjectsPipelines();
    open();
    assertThat(rows("DESCRIBE flights.carrier_delay"))
        .anyMatch(it -> it.contains("carrier, STRING, false, PRI(carrier)"))
        .anyMatch(it -> it.contains("departures_1h, BIGINT") && it.contains("over 1h"))
        .anyMatch(it -> it.contains("delay_p95_24h, DOUBLE"))
        .anyMatch(it -> it.contains("event_time, TIMESTAMP_LTZ(3)"));
    assertThat(rows("DESCRIBE flights.route_delay"))
        .anyMatch(it -> it.contains("delay_histogram_7d, ARRAY<BIGINT"))
        .anyMatch(it -> it.contains("carriers_7d, ARRAY<STRING"));
  }

  @Test
  void shouldPlanQueriesOverEveryTableWithoutAnyServer() throws Exception {
    theProjectsPipelines();
    open();
    TableEnvironment streaming = TableEnvironment.create(EnvironmentSettings.inStreamingMode());
    streaming.executeSql(
        "CREATE CATALOG millrace WITH ('type' = 'millrace', 'pipelines' = '" + folder + "')");
    streaming.useCatalog("millrace");
    for (Row database : objects("SHOW DATABASES")) {
      streaming.useDatabase(database.getFieldAs(0));
      for (String table : streaming.listTables()) {
        assertThat(streaming.explainSql("SELECT * FROM `" + table + "`"))
            .as(database + " " + table)
            .contains("TableSourceScan");
      }
    }
  }

  @Test
  void shouldShowNoAddressAndNoSecret() throws Exception {
    theProjectsPipelines();
    open();
    assertThat(rows("SHOW CREATE TABLE flights.flights").get(0))
        .contains("'connector' = 'millrace'", "'topic' = 'flights'")
        .doesNotContain("bootstrap", "localhost:9092");
  }

  @Test
  void shouldListFeaturesWithTheirLineage() throws Exception {
    theProjectsPipelines();
    open();
    assertThat(
            rows(
                "SELECT feature, type, computed, `window`, source, source_fields, online, topic"
                    + " FROM `system`.features WHERE view = 'carrier_delay' AND feature ="
                    + " 'delay_mean_6h'"))
        .containsExactly(
            "+I[delay_mean_6h, DOUBLE, avg of dep_delay_minutes, 6h, flights,"
                + " [dep_delay_minutes, cancelled], feast, millrace.flights.features.carrier_delay]");
    assertThat(rows("SELECT collection, model, source FROM `system`.collections"))
        .contains("+I[planes, all-minilm-l6-v2, planes]");
  }

  @Test
  void shouldOfferFunctionsAndModelsInEveryDatabase() throws Exception {
    theProjectsPipelines();
    open();
    sql.executeSql("USE planes");
    assertThat(rows("SELECT JARO_WINKLER('BOEING', 'boing') > 0.5")).hasSize(1);
    assertThat(rows("SELECT psi(v, r) FROM (VALUES (1.0, TRUE), (2.0, FALSE)) AS t(v, r)"))
        .hasSize(1);
    assertThat(rows("SHOW MODELS"))
        .contains("+I[all_minilm_l6_v2]", "+I[plane_vectors]", "+I[plane_vectors_query]");
    assertThat(rows("SELECT name, model FROM `system`.`models` WHERE pipeline = 'planes'"))
        .contains(
            "+I[plane_vectors, all-minilm-l6-v2]", "+I[plane_vectors_query, all-minilm-l6-v2]");
    assertThatThrownBy(() -> sql.getCatalog("millrace").orElseThrow().listModels("nowhere"))
        .isInstanceOf(DatabaseNotExistException.class);
  }

  @Test
  void shouldTrustWhomAPipelineTrusts() throws Exception {
    theProjectsPipelines();
    String planes = Files.readString(folder.resolve("planes.yaml"));
    Path authority = folder.resolve("authority.pem");
    String url = "url: \"${QDRANT:-http://localhost:6334}\"";
    assertThat(planes).contains(url);
    pipeline(
        "planes.yaml",
        planes.replace(url, "url: \"https://localhost:6334\"\n      ca_file: " + authority));
    open();
    assertThatThrownBy(() -> sql.explainSql("SELECT * FROM planes.plane_vectors"))
        .hasStackTraceContaining("ca_file " + authority + " cannot be read");
  }

  @Test
  void shouldListTheProblemsOfABrokenFileAndStillShowTheOthers() throws Exception {
    theProjectsPipelines();
    pipeline("broken.yaml", "pipeline: broken\nsources: {a: {kafka: {topic: t}}}\nnonsense: 1\n");
    pipeline("no-yaml.yml", "a: [");
    open();
    assertThat(rows("SHOW DATABASES")).contains("+I[flights]").doesNotContain("+I[broken]");
    assertThat(rows("SELECT `path`, `found` FROM `system`.problems"))
        .anyMatch(it -> it.contains("nonsense"));
    assertThat(rows("SELECT pipeline, status FROM `system`.pipelines"))
        .containsExactlyInAnyOrder(
            "+I[broken, broken]", "+I[flights, ready]", "+I[null, broken]", "+I[planes, ready]");
  }

  @Test
  void shouldFindNoProblemsWhereThereAreNone() throws Exception {
    theProjectsPipelines();
    open();
    assertThat(rows("SELECT * FROM `system`.problems")).isEmpty();
  }

  @Test
  void shouldReportASecondFileOfTheSamePipelineAndOneNamedAsTheCatalogsOwn() throws Exception {
    theProjectsPipelines();
    String planes = Files.readString(folder.resolve("planes.yaml"));
    pipeline("planes-again.yaml", planes);
    pipeline("system.yaml", planes.replace("pipeline: planes", "pipeline: system"));
    open();
    assertThat(rows("SELECT `file`, `found` FROM `system`.problems"))
        .anyMatch(it -> it.contains("planes.yaml") && it.contains("planes-again.yaml has too"))
        .anyMatch(it -> it.contains("system.yaml") && it.contains("the name \"system\""));
  }

  @Test
  void shouldRefuseAPipelineNameThatIsNoName() throws Exception {
    theProjectsPipelines();
    String planes = Files.readString(folder.resolve("planes.yaml"));
    pipeline("sly.yaml", planes.replace("pipeline: planes", "pipeline: \"x'; DROP TABLE y\""));
    open();
    assertThat(rows("SHOW DATABASES")).doesNotContain("+I[x'; DROP TABLE y]");
    assertThat(rows("SELECT `found` FROM `system`.problems WHERE `path` = 'pipeline'"))
        .anyMatch(it -> it.contains("DROP TABLE"));
  }

  @Test
  void shouldSayThatTheFolderIsMissing() throws Exception {
    assertThatThrownBy(
            () ->
                sql.executeSql(
                    "CREATE CATALOG m WITH ('type' = 'millrace', 'pipelines' = '/no/such')"))
        .rootCause()
        .isNotNull();
    assertThatThrownBy(
            () ->
                sql.executeSql(
                    "CREATE CATALOG m WITH ('type' = 'millrace', 'pipelines' = '/no/such')"))
        .hasStackTraceContaining("the option 'pipelines' names /no/such, which is not there")
        .hasStackTraceContaining("as the SQL gateway's machine sees it");
  }

  @Test
  void shouldRefuseOptionsItDoesNotKnow() throws Exception {
    assertThatThrownBy(() -> open("'colour' = 'red'"))
        .hasStackTraceContaining("colour")
        .hasStackTraceContaining("Supported options");
    assertThatThrownBy(() -> open("'pii' = 'maybe'")).hasStackTraceContaining("maybe");
    assertThatThrownBy(() -> open("'default-database' = 'flihgts'"))
        .hasStackTraceContaining("names flihgts");
  }

  @Test
  void shouldNotBeChangedBySql() throws Exception {
    theProjectsPipelines();
    open();
    assertThatThrownBy(() -> sql.executeSql("DROP TABLE flights.flights"))
        .hasStackTraceContaining("shows what pipeline files say");
    assertThatThrownBy(
            () ->
                sql.executeSql("CREATE TABLE flights.mine (a INT) WITH ('connector' = 'datagen')"))
        .hasStackTraceContaining("use a TEMPORARY table");
    assertThatThrownBy(
            () -> sql.executeSql("INSERT INTO flights.flights SELECT * FROM flights.flights"))
        .hasStackTraceContaining("can only be read");
  }

  @Test
  void shouldRefuseHintsThatWouldReadSomethingElse() throws Exception {
    theProjectsPipelines();
    open();
    assertThatThrownBy(
            () ->
                sql.explainSql(
                    "SELECT * FROM flights.flights /*+ OPTIONS('value.format' = 'raw') */"))
        .hasStackTraceContaining("the option 'value.format' cannot be changed by a query");
    assertThatThrownBy(
            () ->
                sql.explainSql("SELECT * FROM flights.flights /*+ OPTIONS('topic' = 'secrets') */"))
        .hasStackTraceContaining("the option 'topic' cannot be changed by a query");
    assertThat(
            sql.explainSql(
                "SELECT * FROM flights.flights /*+ OPTIONS('scan.startup.mode' ="
                    + " 'latest-offset') */"))
        .contains("TableSourceScan");
  }
}
