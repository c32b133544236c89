package io.millrace.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.quickstart.FlightOracle.Flights;
import io.millrace.testkit.Departure;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class FlightOracleTest {

  private static final Instant NOON = Instant.parse("2013-07-01T12:00:00Z");
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final FlightOracle oracle =
      new FlightOracle(
          Stream.of(flight(0, "LAX", 5), flight(30, "SFO", 10), flight(59, "BOS", -3)));

  private static Departure flight(int minutesAfterNoon, String dest, int delay) {
    Instant departed = NOON.plus(Duration.ofMinutes(minutesAfterNoon));
    return new Departure(
        departed.minus(Duration.ofMinutes(delay)),
        "UA",
        minutesAfterNoon,
        "N14228",
        "JFK",
        dest,
        OptionalInt.of(delay),
        OptionalInt.empty(),
        OptionalInt.empty(),
        1_000);
  }

  @Test
  void shouldHoldAFlightUntilTheHopInWhichItsWindowEnds() {
    Flights flights = oracle.ofCarrier("UA");
    Instant lastMoment = NOON.plus(HOUR).minusMillis(1);
    assertThat(flights.window(lastMoment, HOUR, MINUTE).count()).isEqualTo(3);
    assertThat(flights.window(lastMoment.plusMillis(1), HOUR, MINUTE).count()).isEqualTo(2);
  }

  @Test
  void shouldNotSeeWhatHasNotHappenedYet() {
    Flights flights = oracle.ofRoute("JFK,SFO").window(NOON, HOUR, MINUTE);
    assertThat(flights.count()).isZero();
    assertThat(flights.mean(flight -> flight.depDelayMinutes().orElseThrow())).isNull();
  }

  @Test
  void shouldKnowTheNewestDestination() {
    assertThat(oracle.ofCarrier("UA").lastDestination()).isEqualTo("BOS");
    assertThat(oracle.carriers()).containsExactly("UA");
    assertThat(oracle.routes()).containsExactly("JFK,BOS", "JFK,LAX", "JFK,SFO");
  }
}
