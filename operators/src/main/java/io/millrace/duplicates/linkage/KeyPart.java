package io.millrace.duplicates.linkage;

import java.io.Serializable;
import java.util.Locale;
import java.util.Optional;

/**
 * One part of a blocking key: what must be equal of a field for two records to be compared.
 *
 * @param length of {@link Form#PREFIX}: how many characters, at least 1; not used by others
 */
public record KeyPart(String field, Form form, int length) implements Serializable {
  /** What is taken of the value. */
  public enum Form {
    /** All of it. */
    EXACT,
    /** Its first characters, blanks left out. */
    PREFIX,
    /** American Soundex of its letters. */
    SOUNDEX,
    /** Double Metaphone of its letters. */
    METAPHONE,
    /** The year of a date. */
    YEAR,
    /** Month and day of a date, the smaller number first: they are often interchanged. */
    MONTH_AND_DAY,
    /** The longest word, the first in the alphabet of equally long ones. */
    LONGEST_WORD,
    /** The digits in it. */
    DIGITS;

    /** As written in the pipeline file: {@code longest_word}. */
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** The form with this {@link #text()}. */
    public static Optional<Form> named(String text) {
      for (Form form : values()) {
        if (form.text().equals(text)) {
          return Optional.of(form);
        }
      }
      return Optional.empty();
    }
  }

  public KeyPart {
    if (form == Form.PREFIX && length < 1) {
      throw new IllegalArgumentException(
          "a prefix of " + field + " has at least 1 character, not " + length);
    }
  }

  public static KeyPart of(String field, Form form) {
    return new KeyPart(field, form, 0);
  }

  public static KeyPart prefix(String field, int length) {
    return new KeyPart(field, Form.PREFIX, length);
  }
}
