package io.millrace.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.pipeline.TextTemplate;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.List;
import java.util.Set;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.BooleanType;
import org.apache.flink.table.types.logical.DateType;
import org.apache.flink.table.types.logical.DecimalType;
import org.apache.flink.table.types.logical.DoubleType;
import org.apache.flink.table.types.logical.LocalZonedTimestampType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.VarCharType;
import org.junit.jupiter.api.Test;

class RowTextsTest {
  private static final RowType TYPE =
      RowType.of(
          new LogicalType[] {
            VarCharType.STRING_TYPE,
            new DoubleType(),
            new DecimalType(10, 2),
            new DateType(),
            new LocalZonedTimestampType(3),
            new ArrayType(VarCharType.STRING_TYPE),
            new BooleanType()
          },
          new String[] {"name", "weight", "price", "day", "seen", "tags", "active"});

  private static String text(String template, Set<String> masked, RowData row) throws Exception {
    return new RowTexts(TextTemplate.parse(template), TYPE, masked).of(row);
  }

  private static GenericRowData row(String name, Double weight) {
    return GenericRowData.of(
        StringData.fromString(name),
        weight,
        DecimalData.fromBigDecimal(new BigDecimal("12.50"), 10, 2),
        (int) LocalDate.of(2013, 1, 1).toEpochDay(),
        TimestampData.fromEpochMillis(1_356_998_400_000L),
        new GenericArrayData(
            new Object[] {StringData.fromString("old"), null, StringData.fromString("blue")}),
        false);
  }

  @Test
  void shouldWriteValuesAsPeopleDo() throws Exception {
    assertThat(
            text(
                "{{name}} {{weight}} {{price}} {{day}} {{seen}} {{tags}}{{#active}} on{{/active}}",
                Set.of(),
                row("A", 55.0)))
        .isEqualTo("A 55 12.50 2013-01-01 2013-01-01T00:00:00Z old, blue");
    assertThat(text("{{weight}}", Set.of(), row("A", 0.1))).isEqualTo("0.1");
  }

  @Test
  void shouldMaskValuesThatAreThereAndOnlyThose() throws Exception {
    String template = "{{name}}{{#weight}}, {{weight}} kg{{/weight}}";
    assertThat(text(template, Set.of("name", "weight"), row("Ada", 1.0))).isEqualTo("***, *** kg");
    assertThat(text(template, Set.of("name", "weight"), row("Ada", null))).isEqualTo("***");
  }

  @Test
  void shouldComposeCharacters() throws Exception {
    assertThat(text("{{name}}", Set.of(), row("Cre\u0300me", 1.0))).isEqualTo("Cr\u00e8me");
  }

  @Test
  void shouldNameTheFieldThatIsNotThere() {
    assertThatThrownBy(() -> text("{{nam}}", Set.of(), row("A", 1.0)))
        .hasMessageContaining("no field \"nam\"");
  }

  @Test
  void shouldCutLongTextsBetweenWordsWithOverlap() {
    Chunker chunker = new Chunker(4, 2, word -> word.equals("long") ? 3 : 1);
    assertThat(chunker.chunks("a b c d e f g")).isEqualTo(List.of("a b c d", "c d e f", "e f g"));
    assertThat(chunker.chunks("a b")).isEqualTo(List.of("a b"));
    assertThat(chunker.chunks("a long b long c")).isEqualTo(List.of("a long", "b long", "c"));
    Chunker narrow = new Chunker(2, 1, word -> 5);
    assertThat(narrow.chunks("x y")).isEqualTo(List.of("x", "y"));
  }
}
