package io.millrace.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IsoTimesTest {

  @Test
  void shouldAgreeWithJavaTimeOnEveryDayOfFourCenturies() {
    LocalDate last = LocalDate.of(2200, 12, 31);
    for (LocalDate day = LocalDate.of(1800, 1, 1); !day.isAfter(last); day = day.plusDays(1)) {
      assertThat(IsoTimes.date(day.toString())).isEqualTo((int) day.toEpochDay());
    }
    assertThat(IsoTimes.date("0001-01-01")).isEqualTo((int) LocalDate.of(1, 1, 1).toEpochDay());
    assertThat(IsoTimes.date("9999-12-31"))
        .isEqualTo((int) LocalDate.of(9999, 12, 31).toEpochDay());
  }

  @Test
  void shouldAgreeWithJavaTimeOnRandomMoments() {
    Random random = new Random(20130101);
    for (int i = 0; i < 20_000; i++) {
      Instant moment =
          Instant.ofEpochSecond(
              random.nextLong(-60_000_000_000L, 250_000_000_000L),
              random.nextInt(1_000_000) * 1_000L);
      ZoneOffset offset = ZoneOffset.ofTotalSeconds(random.nextInt(-1_080, 1_081) * 60);
      OffsetDateTime there = moment.atOffset(offset);
      if (there.getYear() < 1 || there.getYear() > 9999) {
        continue;
      }
      String text = there.format(DateTimeFormatter.ISO_OFFSET_DATE_TIME);
      assertThat(IsoTimes.instant(text, 6).toInstant()).as(text).isEqualTo(moment);

      LocalDateTime local = there.toLocalDateTime();
      assertThat(IsoTimes.local(local.toString(), 6).toLocalDateTime()).isEqualTo(local);
    }
  }

  @Test
  void shouldReadTimesOfDayInMilliseconds() {
    assertThat(IsoTimes.time("23:59:59.999", 3))
        .isEqualTo((int) (LocalTime.of(23, 59, 59, 999_000_000).toNanoOfDay() / 1_000_000));
    assertThat(IsoTimes.time("05:15", 0)).isEqualTo(18_900_000);
  }

  @Test
  void shouldRefuseDigitsBeyondThePrecisionUnlessTheyAreZero() {
    assertThat(IsoTimes.instant("2013-01-01T00:00:00.250000Z", 3).getNanoOfMillisecond()).isZero();
    assertThatThrownBy(() -> IsoTimes.instant("2013-01-01T00:00:00.2501Z", 3))
        .isInstanceOf(DecodingException.class)
        .hasMessageContaining("raise the contract's precision");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "2013",
        "2013-01-01",
        "2013-1-1T00:00:00Z",
        "2013-13-01T00:00:00Z",
        "2013-00-01T00:00:00Z",
        "2013-01-32T00:00:00Z",
        "1900-02-29T00:00:00Z",
        "0000-01-01T00:00:00Z",
        "2013-01-01T24:00:00Z",
        "2013-01-01T23:60:00Z",
        "2013-01-01T23:59:60Z",
        "2013-01-01T23:59:59",
        "2013-01-01T23:59:59.Z",
        "2013-01-01T23:59:59.1234567890Z",
        "2013-01-01T23:59:59+19:00",
        "2013-01-01T23:59:59+1:00",
        "2013-01-01T23:59:59Z ",
        " 2013-01-01T23:59:59Z",
        "+2013-01-01T23:59:59Z",
        "२०१३-01-01T23:59:59Z"
      })
  void shouldRefuseWhatIsNotAMoment(String text) {
    assertThatThrownBy(() -> IsoTimes.instant(text, 3)).isInstanceOf(DecodingException.class);
  }
}
