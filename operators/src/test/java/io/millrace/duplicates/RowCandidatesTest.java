package io.millrace.duplicates;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.duplicates.linkage.Linkage;
import io.millrace.duplicates.linkage.Thresholds;
import io.millrace.pipeline.DuplicatesSpec;
import io.millrace.records.EmbeddedRow;
import io.millrace.records.EmbeddingSchema;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.types.logical.DateType;
import org.apache.flink.table.types.logical.IntType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.VarCharType;
import org.junit.jupiter.api.Test;

class RowCandidatesTest {
  private static final RowType PAYLOAD =
      RowType.of(
          new LogicalType[] {new VarCharType(VarCharType.MAX_LENGTH), new IntType()},
          new String[] {"city", "rooms"});
  private static final RowType CARRIED =
      RowType.of(
          new LogicalType[] {
            new VarCharType(VarCharType.MAX_LENGTH),
            new IntType(),
            new VarCharType(VarCharType.MAX_LENGTH),
            new DateType()
          },
          new String[] {"city", "rooms", "name", "born"});

  private static final UUID POINT = UUID.fromString("00000000-0000-5000-8000-000000000001");

  private static RowCandidates candidates() {
    DuplicatesSpec spec = People.spec(10, false, true);
    return new RowCandidates(
        new DuplicatesPlan(
            new EmbeddingSchema("v", "people", "people", "", PAYLOAD, CARRIED),
            spec,
            Linkage.of(spec),
            new Thresholds(0.9, 0.5),
            Set.of("name", "born"),
            null));
  }

  private static EmbeddedRow row(Object city, Object name, Object born) {
    return new EmbeddedRow(
        EmbeddedRow.Kind.UPSERT,
        POINT,
        "{\"id\":1}",
        "t",
        0,
        "model",
        "hash",
        7_000,
        "text",
        new float[] {1},
        GenericRowData.of(city, null, name, born));
  }

  @Test
  void shouldCompareFieldsThatNoPointShows() {
    CandidateRow candidate =
        candidates()
            .of(row(StringData.fromString("Perth"), StringData.fromString("Zoë O'Brien"), -9_364));

    assertThat(candidate.id()).isEqualTo(POINT.toString());
    assertThat(candidate.values().get(0)).isEqualTo("zoe obrien");
    assertThat(candidate.values().get(1)).contains("1944");
    assertThat(candidate.values().get(2)).isEqualTo("perth");
    // Two of the fields are personal.
    assertThat(candidate.shown()).containsExactly("", "", "Perth");
    assertThat(candidate.completeness()).isEqualTo(3);
    assertThat(candidate.eventTimeMillis()).isEqualTo(7);
  }

  @Test
  void shouldTakeWhatIsMissingForMissing() {
    CandidateRow candidate = candidates().of(row(null, null, null));

    assertThat(candidate.values()).containsOnlyNulls();
    assertThat(candidate.shown()).containsOnly("");
    assertThat(candidate.completeness()).isZero();
  }

  @Test
  void shouldCutOffLongValuesInReasons() {
    CandidateRow candidate =
        candidates().of(row(StringData.fromString("x".repeat(200)), null, null));

    assertThat(candidate.shown().get(2)).hasSize(RowCandidates.LONGEST_SHOWN).endsWith("x…");
    assertThat(candidate.values().get(2)).hasSize(200);
  }

  @Test
  void shouldOnlyNameADeletedRow() {
    CandidateRow candidate =
        candidates().of(EmbeddedRow.delete(POINT, "{\"id\":1}", "t", 0, 9_000));

    assertThat(candidate.id()).isEqualTo(POINT.toString());
    assertThat(candidate.version()).isEqualTo(9_000);
    assertThat(candidate.values()).isEqualTo(List.of());
  }
}
