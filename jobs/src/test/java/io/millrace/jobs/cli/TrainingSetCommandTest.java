package io.millrace.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.jobs.tables.ParquetRowWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.TimestampType;
import org.apache.flink.table.types.logical.VarCharType;
import org.apache.parquet.io.LocalOutputFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a request that cannot be answered is told, before anything runs. */
class TrainingSetCommandTest {
  @TempDir private Path folder;

  @Test
  void shouldTellEverythingThatIsWrongAtOnce() throws IOException {
    Path spine =
        write(
            "labels.csv",
            "airline,origin,at,late",
            "UA,JFK,2013-01-01T10:15:00,true",
            "UA,JFK,2013-01-01 10:16,false");
    Path out = write("set.parquet", "");

    CommandRun run =
        run(
            spine,
            out,
            "carier_delay:*,carrier_delay:departure_24h,route_delay:flights_24h",
            "--entity-columns",
            "carier=airline",
            "--history",
            "flight=" + folder.resolve("history.jsonl"),
            "--history",
            "flights=" + folder.resolve("nowhere.jsonl"));

    assertThat(run.exitCode()).isEqualTo(ExitCodes.PROBLEMS);
    assertThat(run.err().lines())
        .anySatisfy(it -> assertThat(it).contains("no view carier_delay", "\"carrier_delay\"?"))
        .anySatisfy(
            it -> assertThat(it).contains("no feature departure_24h", "\"departures_24h\"?"))
        .anySatisfy(it -> assertThat(it).contains("no view", "entity field carier"))
        .anySatisfy(it -> assertThat(it).contains("the spine has no column dest", "route_delay"))
        .anySatisfy(
            it -> assertThat(it).contains("column at", "row 1 has '2013-01-01T10:15:00'", "zone"))
        .anySatisfy(it -> assertThat(it).contains("and 1 more such rows"))
        .anySatisfy(it -> assertThat(it).contains("names a source flight,", "\"flights\"?"))
        .anySatisfy(it -> assertThat(it).contains("no history of source flights", "nowhere.jsonl"))
        .anySatisfy(it -> assertThat(it).contains(out + " exists", "--overwrite"));
    assertThat(Files.readString(out)).isBlank();
  }

  @Test
  void shouldRefuseTimesWithoutZoneInParquet() throws IOException {
    Path spine = folder.resolve("labels.parquet");
    RowType columns =
        RowType.of(
            new LogicalType[] {VarCharType.STRING_TYPE, new TimestampType(6)},
            new String[] {"carrier", "at"});
    try (ParquetRowWriter writer =
        new ParquetRowWriter(new LocalOutputFile(spine), columns, Map.of())) {
      writer.write(
          GenericRowData.of(StringData.fromString("UA"), TimestampData.fromEpochMillis(0)));
    }

    CommandRun run = run(spine, folder.resolve("set.parquet"), "carrier_delay:*");

    assertThat(run.exitCode()).isEqualTo(ExitCodes.PROBLEMS);
    assertThat(run.err()).contains("without a zone").contains("tz_localize");
  }

  @Test
  void shouldRefuseEntitiesOfAnotherTypeThanTheViews() throws IOException {
    Path spine = folder.resolve("labels.parquet");
    RowType columns =
        RowType.of(
            new LogicalType[] {
              new org.apache.flink.table.types.logical.BigIntType(),
              new org.apache.flink.table.types.logical.LocalZonedTimestampType(3)
            },
            new String[] {"carrier", "at"});
    try (ParquetRowWriter writer =
        new ParquetRowWriter(new LocalOutputFile(spine), columns, Map.of())) {
      writer.write(GenericRowData.of(5L, TimestampData.fromEpochMillis(0)));
    }

    CommandRun run = run(spine, folder.resolve("set.parquet"), "carrier_delay:*");

    assertThat(run.exitCode()).isEqualTo(ExitCodes.PROBLEMS);
    assertThat(run.err())
        .contains("column carrier of the spine is BIGINT", "view carrier_delay is STRING");
  }

  @Test
  void shouldRefuseATableWithoutHistoryAndAFolderThatIsNotThere() throws IOException {
    Path spine = write("labels.csv", "tailnum,at", "N1,2013-01-01T10:15:00Z");

    CommandRun run =
        run(spine, folder.resolve("missing").resolve("set.parquet"), "plane_profile:*");

    assertThat(run.exitCode()).isEqualTo(ExitCodes.PROBLEMS);
    assertThat(run.err())
        .contains("source planes is a table", "--history planes=FILE")
        .contains("there is no folder");
  }

  @Test
  void shouldSayWhichColumnsARequestLacks() throws IOException {
    Path spine = folder.resolve("labels.parquet");
    RowType columns =
        RowType.of(
            new LogicalType[] {
              VarCharType.STRING_TYPE,
              VarCharType.STRING_TYPE,
              VarCharType.STRING_TYPE,
              VarCharType.STRING_TYPE,
              new org.apache.flink.table.types.logical.LocalZonedTimestampType(3)
            },
            new String[] {"carrier", "origin", "dest", "minutes", "at"});
    try (ParquetRowWriter writer =
        new ParquetRowWriter(new LocalOutputFile(spine), columns, Map.of())) {
      writer.write(
          GenericRowData.of(
              StringData.fromString("UA"),
              StringData.fromString("JFK"),
              StringData.fromString("LAX"),
              StringData.fromString("380"),
              TimestampData.fromEpochMillis(0)));
    }
    Path out = folder.resolve("set.parquet");

    CommandRun missing = run(spine, out, "departure_risk:*,departure_risk:delay_of_trp");
    CommandRun unfit =
        run(spine, out, "departure_risk:*", "--entity-columns", "scheduled_minutes=minutes");

    assertThat(missing.exitCode()).isEqualTo(ExitCodes.PROBLEMS);
    assertThat(missing.err())
        .contains("the spine has no column scheduled_minutes, a field of the request of departure")
        .contains("group departure_risk has no feature delay_of_trp", "\"delay_of_trip\"?");
    assertThat(unfit.exitCode()).isEqualTo(ExitCodes.PROBLEMS);
    assertThat(unfit.err())
        .contains("column minutes of the spine is STRING, but field scheduled_minutes")
        .contains("departure_risk is INT");
  }

  private CommandRun run(Path spine, Path out, String features, String... more) {
    List<String> words =
        new ArrayList<>(
            List.of(
                "training-set",
                "--pipeline",
                project().resolve("conf/pipelines/flights.yaml").toString(),
                "--spine",
                spine.toString(),
                "--timestamp",
                "at",
                "--features",
                features,
                "--out",
                out.toString()));
    words.addAll(List.of(more));
    return CommandRun.of(words.toArray(new String[0]));
  }

  private Path write(String name, String... lines) throws IOException {
    return Files.write(folder.resolve(name), List.of(lines));
  }

  private static Path project() {
    Path dir = Path.of("").toAbsolutePath();
    while (!Files.isDirectory(dir.resolve("conf/pipelines"))) {
      dir = dir.getParent();
    }
    return dir;
  }
}
