package io.millrace.quickstart.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.NullNode;
import io.millrace.quickstart.faults.PlaneHistory.Change;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class PlaneHistoryTest {

  private static final List<String[]> PLANES =
      List.of(
          "N1,2004,Fixed wing multi engine,EMBRAER,EMB-145XR,2,55,,Turbo-fan".split(","),
          "N2,1999,Fixed wing multi engine,AIRBUS,A320-214,2,182,,Turbo-fan".split(","),
          "N3,,Fixed wing multi engine,BOEING,737-824,2,149,,Turbo-fan".split(","));

  @Test
  void shouldLeaveWhatItsOwnChangesSay() throws Exception {
    PlaneHistory history = new PlaneHistory(PLANES, 200, 7);
    Map<String, String> seats = new TreeMap<>();
    Map<String, JsonNode> last = new TreeMap<>();
    long time = -1;
    for (Change change : history.changes()) {
      JsonNode event = new ObjectMapper().readTree(change.event());
      assertThat(event.at("/source/ts_ms").asLong()).isGreaterThan(time);
      time = event.at("/source/ts_ms").asLong();
      // What was there before is what came last.
      assertThat(event.path("before"))
          .isEqualTo(last.getOrDefault(change.tailnum(), NullNode.instance));
      if (event.path("op").asText().equals("d")) {
        seats.remove(change.tailnum());
        last.remove(change.tailnum());
      } else {
        seats.put(change.tailnum(), event.at("/after/seats").asText());
        last.put(change.tailnum(), event.path("after"));
      }
    }

    assertThat(history.changes()).hasSize(200);
    assertThat(history.seats()).isEqualTo(seats);
  }

  @Test
  void shouldTellTheSameForTheSameSeed() {
    assertThat(new PlaneHistory(PLANES, 50, 7).changes())
        .isEqualTo(new PlaneHistory(PLANES, 50, 7).changes())
        .isNotEqualTo(new PlaneHistory(PLANES, 50, 8).changes());
  }
}
