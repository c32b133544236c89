package io.millrace.quickstart.faults;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * The life of planes as Debezium tells it: all are there at first, then they are refitted (other
 * seats, so another text), dated anew (another payload), scrapped, and come back, at random but the
 * same for the same seed. One change a millisecond: no two have the same time.
 */
final class PlaneHistory {

  private static final long NEW_YEAR_2013 = 1_356_998_400_000L;
  private static final int SEATS = 25;
  private static final double SCRAPPED = 0.15;
  private static final double DATED = 0.3;
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> NUMBERS = List.of("year", "engines", "seats", "speed");
  private static final List<String> COLUMNS =
      List.of(
          "tailnum",
          "year",
          "type",
          "manufacturer",
          "model",
          "engines",
          "seats",
          "speed",
          "engine");

  private final List<Change> changes = new ArrayList<>();
  private final Map<String, ObjectNode> alive = new TreeMap<>();

  /** A record of the topic. */
  record Change(String tailnum, String event) {}

  /**
   * @param planes as of {@code FlightData.planes()}
   */
  PlaneHistory(List<String[]> planes, int length, long seed) {
    Random random = new Random(seed);
    // A tenant is asked of every row.
    List<ObjectNode> all =
        planes.stream()
            .map(PlaneHistory::row)
            .filter(row -> row.hasNonNull("manufacturer"))
            .toList();
    all.forEach(row -> put("c", row));
    while (changes.size() < length) {
      ObjectNode plane = all.get(random.nextInt(all.size()));
      String tailnum = plane.path("tailnum").asText();
      ObjectNode now = alive.get(tailnum);
      double what = random.nextDouble();
      if (now == null) {
        put("c", plane);
      } else if (what < SCRAPPED) {
        alive.remove(tailnum);
        add("d", tailnum, now, null);
      } else if (what < SCRAPPED + DATED) {
        put("u", now.deepCopy().put("year", 1950 + random.nextInt(60)));
      } else {
        put("u", now.deepCopy().put("seats", 2 + 4 * random.nextInt(SEATS)));
      }
    }
  }

  private static ObjectNode row(String[] cells) {
    ObjectNode row = JSON.createObjectNode();
    for (int i = 0; i < cells.length; i++) {
      if (cells[i].isEmpty()) {
        row.putNull(COLUMNS.get(i));
      } else if (NUMBERS.contains(COLUMNS.get(i))) {
        row.put(COLUMNS.get(i), Integer.parseInt(cells[i]));
      } else {
        row.put(COLUMNS.get(i), cells[i]);
      }
    }
    return row;
  }

  private void put(String operation, ObjectNode row) {
    String tailnum = row.path("tailnum").asText();
    add(operation, tailnum, alive.put(tailnum, row), row);
  }

  private void add(String operation, String tailnum, ObjectNode before, ObjectNode after) {
    ObjectNode event = JSON.createObjectNode();
    long time = NEW_YEAR_2013 + changes.size();
    event.set("before", before);
    event.set("after", after);
    event.putObject("source").put("table", "planes").put("ts_ms", time);
    event.put("op", operation).put("ts_ms", time);
    try {
      changes.add(new Change(tailnum, JSON.writeValueAsString(event)));
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  List<Change> changes() {
    return changes;
  }

  /** What is left at the end: seats by tail number. */
  Map<String, String> seats() {
    Map<String, String> seats = new TreeMap<>();
    alive.forEach((tailnum, row) -> seats.put(tailnum, row.path("seats").asText()));
    return seats;
  }
}
