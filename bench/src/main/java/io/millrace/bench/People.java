package io.millrace.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;

/**
 * Records of people of which it is known who is who.
 *
 * @param fields names of the values
 */
record People(List<String> fields, List<Person> persons) {

  /**
   * One record.
   *
   * @param who the same for all records of one person
   * @param values empty where unknown
   */
  record Person(String id, String who, List<String> values) {}

  /** FEBRL's file: {@code rec-7-org} and {@code rec-7-dup-0} are of the same person. */
  static People febrl(Path... files) throws IOException {
    List<Person> persons = new ArrayList<>();
    List<String> fields = List.of();
    for (Path file : files) {
      try (BufferedReader reader =
          new BufferedReader(
              new InputStreamReader(
                  new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
        fields = values(reader.readLine());
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
          String id = line.substring(0, line.indexOf(','));
          persons.add(new Person(id, id.split("-")[1], values(line)));
        }
      }
    }
    return new People(fields, persons);
  }

  private static List<String> values(String line) {
    List<String> cells = List.of(line.split(",", -1));
    return cells.subList(1, cells.size());
  }

  /** How many pairs of records are of the same person. */
  long truePairs() {
    Map<String, Long> records = new HashMap<>();
    persons.forEach(person -> records.merge(person.who(), 1L, Long::sum));
    return records.values().stream().mapToLong(count -> count * (count - 1) / 2).sum();
  }

  /** Who is who, by the ids of the records. */
  Map<String, String> truth() {
    Map<String, String> who = new HashMap<>();
    persons.forEach(person -> who.put(person.id(), person.who()));
    return who;
  }
}
