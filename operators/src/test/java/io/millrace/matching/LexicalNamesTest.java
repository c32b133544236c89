package io.millrace.matching;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.inference.NameTokens;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LexicalNamesTest {
  private final LexicalNames names = new LexicalNames();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "depDelayMinutes | dep delay minutes",
        "DEP_DELAY_MINUTES | dep delay minutes",
        "dep-delay minutes | dep delay minutes",
        "HTTPServerName | http server name",
        "address2 | address 2",
        "Größe (mm) | große mm",
        "___ | ",
      })
  void shouldFindTheWordsOfANameInAnyStyle(String name, String words) {
    assertThat(NameTokens.of(name))
        .isEqualTo(words == null ? List.of() : List.of(words.split(" ")));
  }

  @ParameterizedTest
  @CsvSource({
    "dep_delay_minutes, departureDelayMin",
    "tailnum, tail_number",
    "customer_id, cust_id",
    "date_of_birth, dob",
    "order_quantity, orderQty",
    "created_at, creation_ts",
    "email, e_mail",
    "postal_code, zip",
    "amount, amt_usd",
    "phone_number, telephone",
    "flight_number, flugnummer",
    "wind_speed, windgeschwindigkeit",
    "size, Größe",
    "max_temperature, tmax",
    "manufacturer, mfr",
    "longitude, lng",
    "recieved_at, received_at",
    "unit_price, unitPrices",
    "user_name, benutzername",
  })
  void shouldFindNamesAlikeThatMeanTheSame(String a, String b) {
    assertThat(names.score(a, b).value()).as("%s %s", a, b).isGreaterThan(0.6);
    assertThat(names.score(b, a).value()).isEqualTo(names.score(a, b).value());
    assertThat(names.score(a, b).excluded()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "dep_delay, arr_delay",
    "departure_time, arrivalTime",
    "min_temp, max_temp",
    "first_name, last_name",
    "billing_city, shipping_city",
    "address_1, address_2",
    "created_at, updated_at",
    "lat, lon",
    "start_date, end_date",
    "home_score, away_goals",
    "sender_id, receiver_id",
    "gross_amount, net_amount",
  })
  void shouldTellNamesApartThatExcludeEachOther(String a, String b) {
    assertThat(names.score(a, b).excluded()).as("%s %s", a, b).isTrue();
    assertThat(names.score(a, b).value()).isLessThan(0.3);
  }

  @ParameterizedTest
  @CsvSource({
    "price, quantity",
    "user_id, session_id",
    "carrier, weather",
    "seats, engine",
    "name, cancelled",
    "city, currency",
    "total, tail",
    "status, customer_id",
  })
  void shouldFindNamesUnlikeThatHaveLittleInCommon(String a, String b) {
    assertThat(names.score(a, b).value()).as("%s %s", a, b).isLessThan(0.35);
  }

  @Test
  void shouldTakeAnyNameWithoutTrouble() {
    for (String odd : List.of("", "_", "😀", "x".repeat(10_000), "a_".repeat(5_000), "1", "ß")) {
      assertThat(names.score(odd, "carrier").value()).isBetween(0.0, 1.0);
      assertThat(names.score(odd, odd).value()).isBetween(0.0, 1.0);
    }
  }
}
