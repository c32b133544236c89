package io.millrace.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class FlightDataTest {

  private final FlightData data = FlightData.ofThisProject();

  @Test
  void shouldTellTheFirstFlightAsItsContractSays() {
    try (Stream<Departure> flights = data.flights()) {
      assertThat(new String(flights.findFirst().orElseThrow().json(), StandardCharsets.UTF_8))
          .isEqualTo(
              """
              {"flight_id":"UA1545-EWR-20130101T1015","carrier":"UA","flight":1545,\
              "tailnum":"N14228","origin":"EWR","dest":"IAH",\
              "scheduled_at":"2013-01-01T10:15:00Z","departed_at":"2013-01-01T10:17:00Z",\
              "dep_delay_minutes":2,"arr_delay_minutes":11,"air_time_minutes":227,\
              "distance_miles":1400,"cancelled":false}""");
    }
  }

  @Test
  void shouldHoldTheWholeYearInOrderOfDepartureWithUniqueIds() {
    Set<String> ids = new HashSet<>();
    int cancelled = 0;
    Instant previous = Instant.MIN;
    try (Stream<Departure> flights = data.flights()) {
      for (Departure departure : (Iterable<Departure>) flights::iterator) {
        assertThat(departure.departedAt()).isAfterOrEqualTo(previous);
        previous = departure.departedAt();
        assertThat(ids.add(departure.flightId())).isTrue();
        cancelled += departure.cancelled() ? 1 : 0;
      }
    }
    assertThat(ids).hasSize(336_776);
    assertThat(cancelled).isEqualTo(8_255);
  }

  @Test
  void shouldNameEveryPlaneOnce() {
    assertThat(data.planes()).hasSize(3_322).allSatisfy(plane -> assertThat(plane).hasSize(9));
    assertThat(data.planes().stream().map(plane -> plane[0]).distinct()).hasSize(3_322);
  }
}
