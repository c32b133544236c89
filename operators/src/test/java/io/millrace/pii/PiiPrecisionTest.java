package io.millrace.pii;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.inference.FieldProfile;
import io.millrace.testkit.FlightData;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PiiPrecisionTest {
  private static final Random RANDOM = new Random(20130101);

  @Test
  void shouldRaiseNoFalseAlarmOnFlights() throws Exception {
    ObjectMapper mapper = new ObjectMapper();
    Map<String, FieldProfile> fields = new LinkedHashMap<>();
    Iterator<byte[]> records =
        FlightData.ofThisProject().flights().limit(20_000).map(it -> it.json()).iterator();
    while (records.hasNext()) {
      for (Map.Entry<String, JsonNode> field : mapper.readTree(records.next()).properties()) {
        fields
            .computeIfAbsent(field.getKey(), key -> new FieldProfile())
            .observe(field.getValue().toString(), 0);
      }
    }
    assertThat(fields).hasSizeGreaterThan(10);
    fields.forEach(
        (name, profile) ->
            assertThat(PiiDetector.examine(name, profile.evidence())).as(name).isEmpty());
  }

  /** Values that look like personal data at first sight. */
  enum Lookalike {
    ORDER_NUMBERS(() -> Long.toString(4_000_000_000_000_000L + RANDOM.nextInt(1_000_000_000))),
    SIXTEEN_DIGITS(
        () -> Long.toString(1_000_000_000_000_000L + RANDOM.nextLong(9_000_000_000_000_000L))),
    EPOCH_MICROS(() -> Long.toString(1_700_000_000_000_000L + RANDOM.nextInt())),
    TEN_DIGITS(() -> "\"" + (2_000_000_000L + RANDOM.nextInt(1_000_000_000)) + "\""),
    UUIDS(() -> "\"" + new java.util.UUID(RANDOM.nextLong(), RANDOM.nextLong()) + "\""),
    DATES(
        () ->
            "\"%02d-%02d-20%02d\""
                .formatted(1 + RANDOM.nextInt(28), 1 + RANDOM.nextInt(12), RANDOM.nextInt(30))),
    TIMES(() -> "\"2026-01-%02dT10:15:00+01:00\"".formatted(1 + RANDOM.nextInt(28))),
    ISBNS(
        () ->
            "\"978-3-%d-%06d-%d\""
                .formatted(RANDOM.nextInt(90) + 10, RANDOM.nextInt(1_000_000), RANDOM.nextInt(10))),
    VERSIONS(
        () -> "\"%d.%d.%d\"".formatted(RANDOM.nextInt(9), RANDOM.nextInt(20), RANDOM.nextInt(99))),
    COORDINATES(() -> "\"" + RANDOM.nextDouble() * 90 + "," + RANDOM.nextDouble() * 180 + "\""),
    HANDLES(() -> "\"@user" + RANDOM.nextInt(1_000) + "\""),
    SKUS(
        () ->
            "\"DE%02d-%04d-%04d\""
                .formatted(RANDOM.nextInt(99), RANDOM.nextInt(9_999), RANDOM.nextInt(9_999))),
    MACS(
        () ->
            "\"%02x:%02x:%02x:%02x:%02x:%02x\""
                .formatted(
                    RANDOM.nextInt(256),
                    RANDOM.nextInt(256),
                    RANDOM.nextInt(256),
                    RANDOM.nextInt(256),
                    RANDOM.nextInt(256),
                    RANDOM.nextInt(256))),
    PRICES(() -> "\"1.%03d,%02d\"".formatted(RANDOM.nextInt(1_000), RANDOM.nextInt(100)));

    private final Supplier<String> value;

    Lookalike(Supplier<String> value) {
      this.value = value;
    }
  }

  @ParameterizedTest
  @EnumSource
  void shouldNotBeTakenIn(Lookalike values) {
    FieldProfile profile = new FieldProfile();
    for (int i = 0; i < 500; i++) {
      profile.observe(values.value.get(), 0);
    }
    Optional<PiiFinding> finding = PiiDetector.examine("reference", profile.evidence());
    assertThat(finding.map(PiiFinding::reason)).isEmpty();
  }

  @Test
  void shouldFindPersonalDataAmongGapsAndOtherValues() {
    FieldProfile profile = new FieldProfile();
    for (int i = 0; i < 500; i++) {
      profile.observe(
          i % 3 == 0 ? "\"user" + i + "@example.org\"" : i % 3 == 1 ? "null" : "\"-\"", 0);
    }
    assertThat(PiiDetector.examine("reference", profile.evidence()).map(PiiFinding::kind))
        .contains(PiiKind.EMAIL);
  }
}
