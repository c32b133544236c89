package io.millrace.formats;

import static io.millrace.records.DeadLetterReason.MISSING_BEFORE_IMAGE;
import static io.millrace.records.DeadLetterReason.NOT_IN_FORMAT;
import static io.millrace.records.DeadLetterReason.UNSUPPORTED_CHANGE;
import static io.millrace.records.DeadLetterReason.WRONG_TYPE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.ingest.Ingested;
import io.millrace.pipeline.FormatOptions;
import io.millrace.pipeline.KafkaOrigin.Format;
import io.millrace.pipeline.Source;
import java.util.List;
import org.junit.jupiter.api.Test;

class DebeziumGuardTest {

  private static final String FITS = "{\"order_id\":\"o1\",\"amount\":3}";
  private static final String FITS_TOO = "{\"order_id\":\"o1\",\"amount\":4}";
  private static final String DOES_NOT = "{\"order_id\":\"o1\",\"amount\":\"x\"}";

  private final Source source = FormatFixture.orders(Format.DEBEZIUM_JSON, FormatOptions.NONE);
  private final DebeziumGuard changes =
      new DebeziumGuard(FormatFixture.settings(source), FormatFixture::now);

  @Test
  void shouldMakeASourceWhoseRowsChange() {
    assertThat(source.isChangelog()).isTrue();
  }

  @Test
  void shouldSeeExactlyTheRowsThatFitTheContract() {
    assertThat(kinds("c", null, FITS)).containsExactly("+I");
    assertThat(kinds("r", null, FITS)).containsExactly("+I");
    assertThat(kinds("c", null, DOES_NOT)).containsExactly("WRONG_TYPE");
    assertThat(kinds("u", FITS, FITS_TOO)).containsExactly("-U", "+U");
    assertThat(kinds("u", DOES_NOT, FITS)).containsExactly("+I");
    assertThat(kinds("u", FITS, DOES_NOT)).containsExactly("-D", "WRONG_TYPE");
    assertThat(kinds("u", DOES_NOT, DOES_NOT)).containsExactly("WRONG_TYPE");
    assertThat(kinds("d", FITS, null)).containsExactly("-D");
    assertThat(kinds("d", DOES_NOT, null)).containsExactly("WRONG_TYPE");
  }

  @Test
  void shouldCountEachChangeOnce() {
    assertThat(admit(event("u", FITS, FITS_TOO)))
        .extracting(Ingested::counted)
        .containsExactly(false, true);
  }

  @Test
  void shouldTakeATombstoneForNothing() {
    assertThat(changes.admit(null, 0, FormatFixture::coordinates)).isEmpty();
  }

  @Test
  void shouldReadEventsWithTheirSchemaAroundThem() {
    String wrapped =
        "{\"schema\":{\"type\":\"struct\",\"fields\":[]},\"payload\":%s}"
            .formatted(event("c", null, FITS));

    assertThat(admit(wrapped)).singleElement().matches(Ingested::isRow);
  }

  @Test
  void shouldTakeTheTimeOfTheChange() {
    assertThat(admit(event("c", null, FITS)).get(0).eventTimeMillis()).isEqualTo(1357035300000L);
    assertThat(admit("{\"op\":\"c\",\"after\":" + FITS + "}").get(0).eventTimeMillis())
        .isEqualTo(FormatFixture.RECORD_TIME);
  }

  @Test
  void shouldKeepTheWholeEventOfARefusedRow() {
    Ingested refused = admit(event("c", null, DOES_NOT)).get(0);

    assertThat(refused.deadLetter().reason()).isEqualTo(WRONG_TYPE);
    assertThat(new String(refused.deadLetter().raw().bytes(), UTF_8))
        .isEqualTo(event("c", null, DOES_NOT));
  }

  @Test
  void shouldSayWhatAnEventLacks() {
    assertThat(admit(event("u", null, FITS)).get(0).deadLetter().reason())
        .isEqualTo(MISSING_BEFORE_IMAGE);
    assertThat(admit(event("d", null, null)).get(0).deadLetter().message())
        .contains("REPLICA IDENTITY FULL");
    assertThat(admit(event("t", null, null)).get(0).deadLetter().reason())
        .isEqualTo(UNSUPPORTED_CHANGE);
    assertThat(admit(FITS).get(0).deadLetter().message()).contains("no field op");
    for (String broken : List.of("", "[]", "{\"op\":\"c\",\"after\":{", "{}{}", "null")) {
      assertThat(admit(broken)).hasSize(1);
      assertThat(admit(broken).get(0).deadLetter().reason()).as(broken).isEqualTo(NOT_IN_FORMAT);
    }
  }

  private List<String> kinds(String operation, String before, String after) {
    return admit(event(operation, before, after)).stream()
        .map(
            ingested ->
                ingested.isRow()
                    ? ingested.row().getRowKind().shortString()
                    : ingested.deadLetter().reason().name())
        .toList();
  }

  private List<Ingested> admit(String event) {
    return changes.admit(
        event.getBytes(UTF_8), FormatFixture.RECORD_TIME, FormatFixture::coordinates);
  }

  /** As Debezium's JSON converter writes it without schemas. */
  private static String event(String operation, String before, String after) {
    return ("{\"before\":%s,\"after\":%s,\"source\":{\"version\":\"3.0.0.Final\","
            + "\"connector\":\"postgresql\",\"name\":\"shop\",\"ts_ms\":1357035300000,"
            + "\"snapshot\":\"false\",\"db\":\"shop\",\"schema\":\"public\",\"table\":\"orders\","
            + "\"txId\":566,\"lsn\":23876504},\"transaction\":null,\"op\":\"%s\","
            + "\"ts_ms\":1357035300999}")
        .formatted(before, after, operation);
  }
}
