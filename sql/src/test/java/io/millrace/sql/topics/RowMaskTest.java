package io.millrace.sql.topics;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.sql.topics.RowMask.Treatment;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.logical.BigIntType;
import org.apache.flink.table.types.logical.LocalZonedTimestampType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.VarCharType;
import org.apache.flink.types.RowKind;
import org.junit.jupiter.api.Test;

class RowMaskTest {

  private static final byte[] SECRET = {1, 2, 3};
  private static final LogicalType TEXT = VarCharType.STRING_TYPE;

  private static RowMask mask(byte[] secret, LogicalType type, Treatment treatment) {
    return new RowMask(RowType.of(type), new Treatment[] {treatment}, secret);
  }

  private static Object masked(RowMask mask, Object value) {
    return ((GenericRowData) mask.apply(GenericRowData.of(value))).getField(0);
  }

  private static String pseudonym(byte[] secret, String text) {
    return masked(mask(secret, TEXT, Treatment.PSEUDONYM), StringData.fromString(text)).toString();
  }

  @Test
  void shouldKeepTheShapeOfATextAndNothingOfANumber() {
    assertThat(masked(mask(SECRET, TEXT, Treatment.HIDE), StringData.fromString("Ada 1815")))
        .hasToString("Xxx 9999");
    assertThat(masked(mask(SECRET, new BigIntType(), Treatment.HIDE), 1815L)).isNull();
    assertThat(masked(mask(SECRET, TEXT, Treatment.NOTHING), StringData.fromString("Ada")))
        .isNull();
    assertThat(masked(mask(SECRET, TEXT, Treatment.HIDE), null)).isNull();
  }

  @Test
  void shouldGiveTheSamePersonTheSamePseudonymWithinACatalogOnly() {
    assertThat(pseudonym(SECRET, "ada@example.org"))
        .matches("xxx@xxxxxxx\\.xxx#[0-9a-f]{16}")
        .isEqualTo(pseudonym(SECRET, "ada@example.org"))
        .isNotEqualTo(pseudonym(SECRET, "bob@example.org"))
        .isNotEqualTo(pseudonym(new byte[] {4}, "ada@example.org"));
  }

  @Test
  void shouldTellNumbersApartByPseudonymsToo() {
    RowMask mask = mask(SECRET, new BigIntType(), Treatment.PSEUDONYM);
    assertThat(masked(mask, 12L).toString())
        .matches("99#[0-9a-f]{16}")
        .isNotEqualTo(masked(mask, 34L).toString());
  }

  @Test
  void shouldCutTimestampsAtMilliseconds() {
    RowMask mask = mask(SECRET, new LocalZonedTimestampType(6), Treatment.TO_MILLIS);
    assertThat(masked(mask, TimestampData.fromEpochMillis(5, 999)))
        .isEqualTo(TimestampData.fromEpochMillis(5));
  }

  @Test
  void shouldKeepWhatKindOfChangeARowIs() {
    RowData deleted = GenericRowData.ofKind(RowKind.DELETE, StringData.fromString("Ada"));
    assertThat(mask(SECRET, TEXT, Treatment.HIDE).apply(deleted).getRowKind())
        .isEqualTo(RowKind.DELETE);
  }
}
