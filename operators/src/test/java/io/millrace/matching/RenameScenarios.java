package io.millrace.matching;

import io.millrace.inference.FieldEvidence;
import io.millrace.inference.FieldProfile;
import io.millrace.inference.NameTokens;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * What may happen to the columns of real tables, drawn at random: some are renamed, some are
 * dropped, and new ones come that have nothing to do with them. The old values are those of the
 * first half of a table, the new ones of the second.
 */
final class RenameScenarios {

  /**
   * @param truth new names by old names; columns that were dropped are missing
   * @param kinds how the new name was made, by old name
   */
  record Scenario(
      String table,
      List<FieldCandidate> vanished,
      List<FieldCandidate> appeared,
      Map<String, String> truth,
      Map<String, String> kinds) {}

  private record Table(String name, List<String> columns, List<String[]> rows) {}

  private record NewName(String kind, String name) {}

  private static final String[] TABLES = {
    "nyc_flights",
    "nyc_planes",
    "nyc_airports",
    "nyc_weather",
    "birdstrikes",
    "city_weather",
    "zipcodes",
    "index_prices",
    "us_airports",
    "employment",
    "cars",
    "movies",
    "penguins",
    "occupations",
    "nations",
    "football",
    "barley"
  };

  private final List<Table> tables = new ArrayList<>();
  private final Map<String, Map<String, List<NewName>>> names = new HashMap<>();

  RenameScenarios() {
    for (String name : TABLES) {
      tables.add(table(name));
    }
    for (String line : resource("renames.txt").split("\n")) {
      if (!line.startsWith("#") && !line.isBlank()) {
        String[] parts = line.split("\\s*\\|\\s*");
        List<NewName> list = new ArrayList<>();
        for (String item : parts[2].split(",\\s*")) {
          String[] kindAndName = item.split(":", 2);
          list.add(new NewName(kindAndName[0].strip(), kindAndName[1].strip()));
        }
        names.computeIfAbsent(parts[0], key -> new LinkedHashMap<>()).put(parts[1], list);
      }
    }
  }

  List<String> tableNames() {
    return List.of(TABLES);
  }

  List<Scenario> of(String tableName, int count, long seed) {
    Random random = new Random(seed * 31 + tableName.hashCode());
    Table table = tables.stream().filter(it -> it.name.equals(tableName)).findFirst().orElseThrow();
    List<Scenario> scenarios = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      scenarios.add(scenario(table, random));
    }
    return scenarios;
  }

  private Scenario scenario(Table table, Random random) {
    List<String> columns = new ArrayList<>(names.get(table.name).keySet());
    Collections.shuffle(columns, random);
    int renamed = 1 + random.nextInt(3);
    int dropped = random.nextInt(3);
    int siblings = random.nextInt(3);
    int strangers = random.nextInt(3);
    int newRows = 8 + random.nextInt(table.rows.size() / 2 - 8);
    List<FieldCandidate> vanished = new ArrayList<>();
    Map<String, FieldCandidate> appeared = new TreeMap<>();
    Map<String, String> truth = new HashMap<>();
    Map<String, String> kinds = new HashMap<>();
    int at = 0;
    for (; at < columns.size() && at < renamed; at++) {
      String column = columns.get(at);
      NewName to = newName(table, column, random);
      if (appeared.containsKey(to.name) || table.columns.contains(to.name)) {
        continue;
      }
      vanished.add(old(table, column));
      appeared.put(to.name, young(table, column, to.name, newRows));
      truth.put(column, to.name);
      kinds.put(column, to.kind);
    }
    for (int end = at + dropped; at < columns.size() && at < end; at++) {
      vanished.add(old(table, columns.get(at)));
    }
    // Another column of the same table, new under another name while its elder was never there.
    for (int end = at + siblings; at < columns.size() && at < end; at++) {
      NewName to = newName(table, columns.get(at), random);
      if (!table.columns.contains(to.name)) {
        appeared.putIfAbsent(to.name, young(table, columns.get(at), to.name, newRows));
      }
    }
    for (int i = 0; i < strangers; i++) {
      Table other = tables.get(random.nextInt(tables.size()));
      String column = other.columns.get(random.nextInt(other.columns.size()));
      if (other != table && !table.columns.contains(column)) {
        int rows = Math.min(newRows, other.rows.size() / 2);
        appeared.putIfAbsent(column, young(other, column, column, rows));
      }
    }
    List<FieldCandidate> shuffled = new ArrayList<>(appeared.values());
    Collections.shuffle(shuffled, random);
    return new Scenario(table.name, vanished, shuffled, truth, kinds);
  }

  /** The same fields before any of their values were seen. */
  static List<FieldCandidate> withoutValues(List<FieldCandidate> fields) {
    return fields.stream()
        .map(it -> new FieldCandidate(it.name(), it.type(), FieldEvidence.none()))
        .toList();
  }

  private NewName newName(Table table, String column, Random random) {
    List<NewName> list = names.get(table.name).get(column);
    NewName chosen =
        random.nextInt(5) == 0
            ? new NewName("style", column)
            : list.get(random.nextInt(list.size()));
    String styled = styled(chosen.name, random.nextInt(4));
    if (styled.equals(column)) {
      styled = styled(chosen.name + " value", random.nextInt(2));
    }
    return new NewName(chosen.kind, styled);
  }

  private static String styled(String name, int style) {
    List<String> words = NameTokens.of(name);
    return switch (style) {
      case 0 -> String.join("_", words);
      case 1 -> {
        StringBuilder camel = new StringBuilder();
        for (String word : words) {
          camel.append(
              camel.length() == 0
                  ? word
                  : word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1));
        }
        yield camel.toString();
      }
      case 2 -> String.join("_", words).toUpperCase(Locale.ROOT);
      default -> name;
    };
  }

  private static FieldCandidate old(Table table, String column) {
    FieldEvidence evidence = evidence(table, column, 0, table.rows.size() / 2);
    return FieldCandidate.known(column, evidence.inferredType().orElseThrow().type(), evidence);
  }

  private static FieldCandidate young(Table table, String column, String name, int rows) {
    int half = table.rows.size() / 2;
    return FieldCandidate.unknown(name, evidence(table, column, half, half + rows));
  }

  private static FieldEvidence evidence(Table table, String column, int from, int to) {
    FieldProfile profile = new FieldProfile();
    int position = table.columns.indexOf(column);
    for (String[] row : table.rows.subList(from, Math.min(to, table.rows.size()))) {
      profile.observe(json(row[position]), 0);
    }
    return profile.evidence();
  }

  private static String json(String cell) {
    if (cell.isEmpty()) {
      return "null";
    }
    boolean plain = cell.matches("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][-+]?[0-9]+)?|true|false");
    return plain ? cell : "\"" + cell.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }

  private static Table table(String name) {
    List<String[]> rows = new ArrayList<>();
    for (String line : resource("tables/" + name + ".csv").split("\n")) {
      rows.add(cells(line));
    }
    return new Table(name, Arrays.asList(rows.get(0)), rows.subList(1, rows.size()));
  }

  private static String[] cells(String line) {
    List<String> cells = new ArrayList<>();
    StringBuilder cell = new StringBuilder();
    boolean quoted = false;
    for (char letter : (line + ",").toCharArray()) {
      if (letter == '"') {
        quoted = !quoted;
      } else if (letter == ',' && !quoted) {
        cells.add(cell.toString());
        cell.setLength(0);
      } else {
        cell.append(letter);
      }
    }
    return cells.toArray(new String[0]);
  }

  private static String resource(String name) {
    try (InputStream in = RenameScenarios.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
