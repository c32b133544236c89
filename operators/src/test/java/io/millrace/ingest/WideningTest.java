package io.millrace.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.BigIntType;
import org.apache.flink.table.types.logical.BooleanType;
import org.apache.flink.table.types.logical.DateType;
import org.apache.flink.table.types.logical.DecimalType;
import org.apache.flink.table.types.logical.DoubleType;
import org.apache.flink.table.types.logical.FloatType;
import org.apache.flink.table.types.logical.IntType;
import org.apache.flink.table.types.logical.LocalZonedTimestampType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.SmallIntType;
import org.apache.flink.table.types.logical.TimeType;
import org.apache.flink.table.types.logical.TimestampType;
import org.apache.flink.table.types.logical.TinyIntType;
import org.apache.flink.table.types.logical.VarBinaryType;
import org.apache.flink.table.types.logical.VarCharType;
import org.junit.jupiter.api.Test;

/** The lattice, pair by pair, as it is written down in docs/schema-drift.md. */
class WideningTest {

  private static final Path DOCUMENT = Path.of("../docs/schema-drift.md");
  private static final String BEGIN = "<!-- lattice -->\n";
  private static final String END = "<!-- end of lattice -->\n";

  private static final List<LogicalType> TYPES =
      List.of(
          new BooleanType(),
          new TinyIntType(),
          new SmallIntType(),
          new IntType(),
          new BigIntType(),
          new DecimalType(10, 2),
          new DecimalType(38, 10),
          new FloatType(),
          new DoubleType(),
          new DateType(),
          new TimestampType(3),
          new TimestampType(6),
          new LocalZonedTimestampType(3),
          new LocalZonedTimestampType(6),
          new TimeType(0),
          new TimeType(3),
          new VarCharType(10),
          new VarCharType(VarCharType.MAX_LENGTH),
          new VarBinaryType(VarBinaryType.MAX_LENGTH));

  @Test
  void shouldBeTheTableInTheDocumentation() throws IOException {
    String document = Files.readString(DOCUMENT);
    int begin = document.indexOf(BEGIN) + BEGIN.length();
    int end = document.indexOf(END);
    if (Boolean.getBoolean("millrace.update")) {
      Files.writeString(DOCUMENT, document.substring(0, begin) + table() + document.substring(end));
      return;
    }

    assertThat(document.substring(begin, end))
        .as(
            "the lattice in docs/schema-drift.md; write it anew with"
                + " mvn -pl schemas,testkit,operators test -Dtest=WideningTest -Dmillrace.update=true")
        .isEqualTo(table());
  }

  /** Each type with what it can be widened to by each other; only pairs that differ and join. */
  private static String table() {
    StringBuilder table =
        new StringBuilder("\n| the contract has | values are | both fit |\n|---|---|---|\n");
    for (int i = 0; i < TYPES.size(); i++) {
      for (int j = i + 1; j < TYPES.size(); j++) {
        LogicalType a = TYPES.get(i);
        LogicalType b = TYPES.get(j);
        Widening.join(a, b)
            .ifPresent(
                joined ->
                    table.append(
                        "| %s | %s | %s |%n"
                            .formatted(
                                a.asSummaryString(),
                                b.asSummaryString(),
                                joined.asSummaryString())));
      }
    }
    return table.append('\n').toString();
  }

  @Test
  void shouldBeALattice() {
    for (LogicalType a : TYPES) {
      assertThat(Widening.join(a, a)).contains(a);
      for (LogicalType b : TYPES) {
        Optional<LogicalType> joined = Widening.join(a, b);
        assertThat(Widening.join(b, a)).as(a + " and " + b).isEqualTo(joined);
        joined.ifPresent(
            wide -> {
              assertThat(Widening.holds(wide, a)).as(wide + " holds " + a).isTrue();
              assertThat(Widening.holds(wide, b)).as(wide + " holds " + b).isTrue();
            });
        for (LogicalType c : TYPES) {
          Optional<LogicalType> left = joined.flatMap(it -> Widening.join(it, c));
          Optional<LogicalType> right = Widening.join(b, c).flatMap(it -> Widening.join(a, it));
          if (left.isPresent() && right.isPresent()) {
            assertThat(left).as(a + ", " + b + ", " + c).isEqualTo(right);
          }
        }
      }
    }
  }

  @Test
  void shouldLoseNothing() {
    assertThat(join(new BigIntType(), new DoubleType())).isEmpty();
    assertThat(join(new BigIntType(), new FloatType())).isEmpty();
    assertThat(join(new DecimalType(10, 2), new DoubleType())).isEmpty();
    assertThat(join(new TimestampType(3), new LocalZonedTimestampType(3))).isEmpty();
    assertThat(join(new DateType(), new LocalZonedTimestampType(3))).isEmpty();
    assertThat(join(new IntType(), new VarCharType(10))).isEmpty();
    assertThat(join(new BooleanType(), new IntType())).isEmpty();
    assertThat(join(new DecimalType(38, 10), new DecimalType(38, 0))).isEmpty();
    assertThat(join(new BigIntType(), new DecimalType(38, 20))).isEmpty();
  }

  @Test
  void shouldWidenElementsAndKeepNullability() {
    assertThat(join(new ArrayType(new IntType()), new ArrayType(new BigIntType())))
        .contains(new ArrayType(new BigIntType()));
    assertThat(join(new ArrayType(new IntType(false)), new ArrayType(new BigIntType())))
        .contains(new ArrayType(new BigIntType()));
    assertThat(join(new ArrayType(new IntType()), new ArrayType(new VarCharType(3)))).isEmpty();
    assertThat(join(new IntType(false), new BigIntType(false))).contains(new BigIntType(false));
    assertThat(join(new IntType(false), new BigIntType())).contains(new BigIntType());
    RowType row = new RowType(List.of(new RowType.RowField("a", new IntType())));
    assertThat(join(row, row)).contains(row);
    assertThat(join(row, new RowType(List.of(new RowType.RowField("b", new IntType()))))).isEmpty();
  }

  private static Optional<LogicalType> join(LogicalType a, LogicalType b) {
    return Widening.join(a, b);
  }
}
