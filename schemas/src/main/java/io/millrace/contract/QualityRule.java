package io.millrace.contract;

import io.millrace.document.Place;
import java.io.Serializable;
import java.math.BigDecimal;
import java.util.List;

/**
 * One thing that a contract promises of its values, beyond their types.
 *
 * @param name unique within the contract; letters, digits, {@code _ - .}: part of uids, metrics and
 *     results
 * @param field dotted path, {@code []} behind an array's name; empty for rules about whole records
 * @param check what is looked at
 * @param bound how many records may break it
 * @param place where it is written
 */
public record QualityRule(String name, String field, Check check, QualityBound bound, Place place)
    implements Serializable {

  /** What a rule looks at. */
  public sealed interface Check extends Serializable {

    /** For people: what is expected. */
    String expected();
  }

  /** The field has a value. */
  public record NotNull() implements Check {
    @Override
    public String expected() {
      return "a value";
    }
  }

  /**
   * The field has a value that does not stand for none.
   *
   * @param texts values that do, such as {@code N/A}
   * @param nulls whether null is one of them
   */
  public record NotMissing(List<String> texts, boolean nulls) implements Check {
    @Override
    public String expected() {
      return "none of " + (nulls ? "null, " : "") + String.join(", ", texts);
    }
  }

  /** The value, if there is one, is one of these, written as in YAML. */
  public record OneOf(List<String> values) implements Check {
    private static final int SHOWN = 8;

    @Override
    public String expected() {
      return values.size() <= SHOWN
          ? "one of " + String.join(", ", values)
          : "one of " + String.join(", ", values.subList(0, SHOWN)) + ", ...";
    }
  }

  /**
   * The value, if there is one, has a part that the pattern matches.
   *
   * @param pattern in RE2's syntax
   */
  public record Matches(String pattern) implements Check {
    @Override
    public String expected() {
      return "a match of " + pattern;
    }
  }

  /**
   * The value, if there is one, is within the limits. Limits of numbers are numbers, those of dates
   * and timestamps epoch days and seconds.
   *
   * @param least null when there is no lower limit
   * @param most null when there is no upper limit
   * @param text of the limits as they are written
   */
  public record Range(
      BigDecimal least, boolean leastExcluded, BigDecimal most, boolean mostExcluded, String text)
      implements Check {

    public boolean contains(BigDecimal value) {
      return (least == null || value.compareTo(least) > (leastExcluded ? 0 : -1))
          && (most == null || value.compareTo(most) < (mostExcluded ? 0 : 1));
    }

    @Override
    public String expected() {
      return text;
    }
  }

  /** The text, if there is one, has this many characters (code points). */
  public record Length(int least, int most) implements Check {
    @Override
    public String expected() {
      if (most == Integer.MAX_VALUE) {
        return "at least " + least + " characters";
      }
      return least == 0 ? "at most " + most + " characters" : least + " to " + most + " characters";
    }
  }

  /** No other record of the window has the same values in these fields. */
  public record Unique(List<String> fields) implements Check {
    public Unique {
      fields = List.copyOf(fields);
    }

    @Override
    public String expected() {
      return "no other record of the window with the same " + String.join(", ", fields);
    }
  }

  /** The record satisfies a condition in Flink SQL; one that is unknown counts as satisfied. */
  public record Satisfies(String condition) implements Check {
    @Override
    public String expected() {
      return condition;
    }
  }

  /** The window has this many records. */
  public record RowCount() implements Check {
    @Override
    public String expected() {
      return "a number of records";
    }
  }

  /** Whether every single record that breaks the rule is dealt with by the quality policy. */
  public boolean isEnforced() {
    return !(check instanceof RowCount) && bound.allowsNone();
  }

  /** Whether one record alone shows if it breaks the rule, without Flink's SQL. */
  public boolean isAboutOneRow() {
    return !(check instanceof RowCount || check instanceof Unique || check instanceof Satisfies);
  }
}
