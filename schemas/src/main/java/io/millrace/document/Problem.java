package io.millrace.document;

import java.util.Comparator;
import java.util.List;

/**
 * Something wrong in a file that a person wrote, and the way out.
 *
 * @param file as the person named it
 * @param line counted from 1
 * @param path where in the file, for example {@code features.carrier_delay.hop}; empty for the file
 *     itself
 * @param found what is there
 * @param expected what could be there
 * @param fix what to do
 */
public record Problem(String file, int line, String path, String found, String expected, String fix)
    implements Comparable<Problem> {

  private static final Comparator<Problem> BY_PLACE =
      Comparator.comparing(Problem::file)
          .thenComparingInt(Problem::line)
          .thenComparing(Problem::path)
          .thenComparing(Problem::found)
          .thenComparing(Problem::expected)
          .thenComparing(Problem::fix);

  /** {@code file:line: path: found …, expected …; fix}. */
  @Override
  public String toString() {
    String place = path.isEmpty() ? "" : path + ": ";
    return file
        + ":"
        + line
        + ": "
        + place
        + "found "
        + found
        + ", expected "
        + expected
        + "; "
        + fix;
  }

  @Override
  public int compareTo(Problem other) {
    return BY_PLACE.compare(this, other);
  }

  /** One line each, in the order of the files' lines, without repetitions. */
  public static List<Problem> sorted(List<Problem> problems) {
    return problems.stream().distinct().sorted().toList();
  }
}
