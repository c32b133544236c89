package io.millrace.bench;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * People made up by seed, other than FEBRL's: they live in households and share surname, address
 * and telephone with others of their own, some are twins, sons named like their fathers, move or
 * marry. A guard against rules and weights that fit one generator only.
 */
final class Households {
  private static final List<String> FIELDS =
      List.of("first_name", "last_name", "born", "phone", "email", "street", "city", "zip");
  private static final String[] BEGINNINGS = {
    "al", "be", "car", "da", "el", "fre", "gi", "hel", "is", "jo", "kat", "lu", "mar", "ni", "ol",
    "pe", "ro", "sa", "tho", "vi"
  };
  private static final String[] MIDDLES = {
    "an", "ber", "cel", "do", "er", "fi", "gar", "il", "la", "mi", "ne", "ri", "sto", "ti", "va"
  };
  private static final String[] ENDS = {
    "a", "as", "en", "er", "ia", "in", "is", "o", "on", "sen", "son", "ton", "us", "well", "y"
  };
  private static final String[] STREETS = {"street", "road", "avenue", "lane", "drive", "court"};
  private static final String[] PROVIDERS = {"mail.example", "post.example", "web.example"};

  private final Random random;
  private final List<People.Person> persons = new ArrayList<>();
  private final List<String> firstNames = new ArrayList<>();
  private final List<String> lastNames = new ArrayList<>();
  private final List<String> streets = new ArrayList<>();
  private final List<String> cities = new ArrayList<>();
  private int people;

  private Households(long seed) {
    random = new Random(seed);
    names(firstNames, 400);
    names(lastNames, 1_500);
    names(streets, 800);
    names(cities, 120);
  }

  /** About so many records, a third of them duplicates. */
  static People of(int records, long seed) {
    Households households = new Households(seed);
    while (households.persons.size() < records) {
      households.household();
    }
    return new People(FIELDS, households.persons);
  }

  private void names(List<String> names, int count) {
    for (int i = 0; i < count; i++) {
      String name = any(BEGINNINGS) + (random.nextInt(3) > 0 ? any(MIDDLES) : "") + any(ENDS);
      names.add(name);
    }
  }

  private String any(String[] of) {
    return of[random.nextInt(of.length)];
  }

  /** Some names are frequent, most are rare: the cube of a uniform number. */
  private String frequent(List<String> names) {
    double share = random.nextDouble();
    return names.get((int) (share * share * share * names.size()));
  }

  private void household() {
    String lastName = frequent(lastNames);
    String[] address = address();
    String phone = phone();
    int size = 1 + random.nextInt(5);
    LocalDate elder = LocalDate.of(1935 + random.nextInt(50), 1, 1).plusDays(random.nextInt(365));
    String firstOfAll = frequent(firstNames);
    LocalDate bornBefore = elder;
    for (int i = 0; i < size; i++) {
      boolean child = i >= 2;
      boolean twin = child && i > 2 && random.nextInt(20) == 0;
      LocalDate born =
          twin ? bornBefore : elder.plusDays((child ? 9_000 : 0) + random.nextInt(4_000));
      boolean junior = child && random.nextInt(25) == 0;
      String firstName = junior ? firstOfAll : i == 0 ? firstOfAll : frequent(firstNames);
      bornBefore = born;
      person(firstName, lastName, born, random.nextInt(3) > 0 ? phone : phone(), address);
    }
  }

  private String[] address() {
    return new String[] {
      1 + random.nextInt(200) + " " + frequent(streets) + " " + any(STREETS),
      frequent(cities),
      String.valueOf(10_000 + random.nextInt(900) * 100)
    };
  }

  private String phone() {
    return String.format(
        Locale.ROOT, "0%d %07d", 20 + random.nextInt(70), random.nextInt(10_000_000));
  }

  private void person(
      String firstName, String lastName, LocalDate born, String phone, String[] address) {
    String who = "p" + people++;
    // Nobody else has it, whoever has the same name.
    String email = firstName + "." + lastName + people + "@" + any(PROVIDERS);
    List<String> values =
        List.of(
            firstName, lastName, born.toString(), phone, email, address[0], address[1], address[2]);
    persons.add(new People.Person(who + "-0", who, unknown(values, 12)));
    int duplicates = random.nextInt(10) < 6 ? 0 : random.nextInt(10) < 8 ? 1 : 2;
    for (int i = 1; i <= duplicates; i++) {
      persons.add(new People.Person(who + "-" + i, who, unknown(again(values), 8)));
    }
  }

  /** Each value is unknown with probability 1 / {@code one}. */
  private List<String> unknown(List<String> values, int one) {
    return values.stream().map(value -> random.nextInt(one) == 0 ? "" : value).toList();
  }

  /** The person is recorded again, by somebody else and perhaps years later. */
  private List<String> again(List<String> values) {
    List<String> again = new ArrayList<>(values);
    if (random.nextInt(8) == 0) {
      again.set(1, frequent(lastNames));
    }
    if (random.nextInt(5) == 0) {
      String[] moved = address();
      again.set(5, moved[0]);
      again.set(6, moved[1]);
      again.set(7, moved[2]);
      again.set(3, phone());
    }
    if (random.nextInt(12) == 0) {
      String born = again.get(2);
      again.set(2, born.substring(0, 5) + born.substring(8) + "-" + born.substring(5, 7));
    }
    if (random.nextInt(10) == 0) {
      again.set(0, again.get(0).substring(0, Math.min(3, again.get(0).length())));
    }
    again.set(5, again.get(5).replace(" street", " st").replace(" road", " rd."));
    for (int field = 0; field < again.size(); field++) {
      if (random.nextInt(7) == 0) {
        again.set(field, mistyped(again.get(field)));
      }
    }
    return again;
  }

  /** One letter replaced, left out, doubled, or interchanged with the next. */
  private String mistyped(String value) {
    if (value.length() < 3) {
      return value;
    }
    int at = random.nextInt(value.length() - 1);
    StringBuilder text = new StringBuilder(value);
    char letter = value.charAt(at);
    char other =
        Character.isDigit(letter)
            ? (char) ('0' + random.nextInt(10))
            : (char) ('a' + random.nextInt(26));
    switch (random.nextInt(4)) {
      case 0 -> text.setCharAt(at, other);
      case 1 -> text.deleteCharAt(at);
      case 2 -> text.insert(at, letter);
      default -> {
        text.setCharAt(at, value.charAt(at + 1));
        text.setCharAt(at + 1, letter);
      }
    }
    return text.toString();
  }
}
