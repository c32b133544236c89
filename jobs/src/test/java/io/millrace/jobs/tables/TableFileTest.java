package io.millrace.jobs.tables;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.drift.statistics.ColumnKind;
import io.millrace.drift.statistics.ColumnTally;
import io.millrace.drift.statistics.WindowCounts;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TableFileTest {
  private static final int CELLS = 4096;

  @TempDir private Path folder;

  private static Map<String, ColumnTally> read(Path file) {
    return TableFile.tallies(file, Set.of(), Map.of(), CELLS);
  }

  private static WindowCounts counts(ColumnTally tally) {
    return tally.countOn(tally.grid());
  }

  private Path csv(String text) throws IOException {
    return Files.writeString(folder.resolve("table.csv"), text, UTF_8);
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "snappy", "gzip", "zstd", "lz4"})
  void shouldReadEveryTypeOfParquet(String packing) {
    Map<String, ColumnTally> tallies =
        read(Path.of("src/test/resources/tables/every-type-" + packing + ".parquet"));

    assertThat(tallies.keySet())
        .containsExactly(
            "a_double",
            "a_float",
            "an_int",
            "a_long",
            "unsigned",
            "text",
            "dictionary",
            "flag",
            "moment",
            "day",
            "small_decimal",
            "wide_decimal");
    WindowCounts doubles = counts(tallies.get("a_double"));
    assertThat(doubles.rows()).isEqualTo(3);
    assertThat(doubles.nulls()).isEqualTo(1);
    assertThat(doubles.nans()).isEqualTo(1);
    assertThat(doubles.max()).isEqualTo(1.5);
    assertThat(counts(tallies.get("a_float")).max()).isEqualTo(3);
    assertThat(counts(tallies.get("an_int")).nulls()).isEqualTo(1);
    assertThat(counts(tallies.get("a_long")).max()).isEqualTo(1L << 40);
    assertThat(counts(tallies.get("unsigned")).max()).isEqualTo((1L << 32) - 1);
    assertThat(counts(tallies.get("moment")).min()).isEqualTo(1_357_041_600_000.0);
    assertThat(counts(tallies.get("day")).min()).isEqualTo(15_706);
    assertThat(counts(tallies.get("small_decimal")).min()).isEqualTo(1.25);
    assertThat(counts(tallies.get("wide_decimal")).min()).isEqualTo(-1.25);
    assertThat(tallies.get("text").grid().bin("\u00e9")).isIn(0, 1);
    assertThat(tallies.get("dictionary").distinct()).isEqualTo(2);
    assertThat(tallies.get("flag").kind()).isEqualTo(ColumnKind.CATEGORY);
  }

  @Test
  void shouldReadQuotedFieldsOfCsv() throws IOException {
    Map<String, ColumnTally> tallies =
        read(csv("\uFEFFname,n\r\n\"a, \"\"b\"\"\nc\",1\r\nd,\r\n\"\",2.5"));

    assertThat(tallies.get("name").rows()).isEqualTo(3);
    assertThat(tallies.get("name").grid().bin("a, \"b\"\nc")).isLessThan(2);
    assertThat(counts(tallies.get("name")).nulls()).isEqualTo(1);
    assertThat(counts(tallies.get("n")).mean()).isEqualTo(1.75);
    assertThat(counts(tallies.get("n")).nulls()).isEqualTo(1);
  }

  @Test
  void shouldReadGzippedCsv() throws IOException {
    Path file = folder.resolve("table.csv.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write("n\n1\n2\n".getBytes(UTF_8));
    }
    assertThat(counts(read(file).get("n")).mean()).isEqualTo(1.5);
  }

  @Test
  void shouldTakeNumbersForNamesWhenTold() throws IOException {
    Path file = csv("code\n1\n2\n1\n");
    Map<String, ColumnTally> tallies =
        TableFile.tallies(file, Set.of("code"), Map.of("code", ColumnKind.CATEGORY), CELLS);

    assertThat(read(file).get("code").kind()).isEqualTo(ColumnKind.NUMBER);
    assertThat(tallies.get("code").distinct()).isEqualTo(2);
    assertThat(tallies.get("code").kind()).isEqualTo(ColumnKind.CATEGORY);
  }

  @Test
  void shouldTallySegments() throws IOException {
    Path file = csv("carrier,delay\nUA,1\nDL,5\nUA,3\n,9\nAA,7\n");
    Map<String, Map<String, ColumnTally>> segments =
        TableFile.segments(file, Set.of("delay"), Map.of(), "carrier", 2, CELLS, 64);

    assertThat(segments.keySet()).containsExactly("", "DL", "UA");
    assertThat(counts(segments.get("").get("delay")).mean()).isEqualTo(5);
    assertThat(counts(segments.get("UA").get("delay")).mean()).isEqualTo(2);
  }

  @Test
  void shouldNotTakeForNumbersWhatOnlyJavaDoes() throws IOException {
    assertThat(read(csv("n\n1d\n2f\n")).get("n").kind()).isEqualTo(ColumnKind.CATEGORY);
    assertThat(read(csv("n\n1e5\nNaN\n-Infinity\n3.\n")).get("n").kind())
        .isEqualTo(ColumnKind.NUMBER);
    assertThat(read(csv("n\n\nNA\n")).get("n").kind()).isEqualTo(ColumnKind.CATEGORY);
  }

  @Test
  void shouldSayWhatIsWrongWithAFile() throws IOException {
    assertProblem(csv(""), "is empty");
    assertProblem(csv("a,a\n"), "the same name");
    assertProblem(csv("a\n\"b\n"), "line 2 has a quote that never ends");
    assertProblem(csv("a\n1,2\n"), "row 1 has 2 fields");
    assertProblem(folder.resolve("table.xlsx"), "there is no file");
    Path latin =
        Files.write(folder.resolve("l.csv"), "n\n\u00e9\n".getBytes(StandardCharsets.ISO_8859_1));
    assertProblem(latin, "is not UTF-8");
    assertProblem(
        Files.writeString(folder.resolve("t.xlsx"), ""), "ends in .csv, .csv.gz or .parquet");
  }

  private static void assertProblem(Path file, String problem) {
    assertThatThrownBy(() -> read(file))
        .isInstanceOf(TableException.class)
        .hasMessageContaining(problem);
  }
}
