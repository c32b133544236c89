package io.millrace.duplicates.linkage;

import io.millrace.matching.Similar;
import java.util.OptionalDouble;
import org.apache.commons.codec.language.DoubleMetaphone;

/** How far two values in plain form agree: the levels of each {@link Comparison}. */
final class Levels {
  private static final double NEARLY = 0.92;
  private static final double SIMILAR = 0.80;
  private static final double NEARLY_SAME_WORDS = 0.88;
  private static final double SIMILAR_WORDS = 0.60;
  private static final double ONE_PERCENT = 0.01;
  private static final double TEN_PERCENT = 0.10;
  private static final double[] COSINES = {0.97, 0.92, 0.85, 0.75};

  /** Shorter codes are not told apart from others by what two edits leave. */
  private static final int LONG_CODE = 6;

  private static final int SHORT_CODE = 3;

  /** Days that are near each other: a month. */
  private static final long NEAR_DAYS = 31;

  private Levels() {}

  static int of(Comparison comparison, String a, String b) {
    if (a.equals(b)) {
      return 0;
    }
    return switch (comparison) {
      case EXACT -> 1;
      case JARO_WINKLER -> text(a, b, false);
      case PHONETIC -> text(a, b, true);
      case CODE -> code(a, b);
      case DATE -> date(a, b);
      case NUMBER -> number(a, b);
      case WORDS -> words(a, b);
      case VECTOR -> throw new IllegalArgumentException("vectors are compared by their cosine");
    };
  }

  static int ofCosine(double cosine) {
    if (Double.isNaN(cosine)) {
      return Comparison.MISSING;
    }
    int level = 0;
    while (level < COSINES.length && cosine < COSINES[level]) {
      level++;
    }
    return level;
  }

  private static int text(String a, String b, boolean heard) {
    // A blank that got into a word, or got lost between two, is a slip like others.
    String left = a.replace(" ", "");
    String right = b.replace(" ", "");
    double likeness = Similar.jaroWinkler(left, right);
    if (heard ? sound(left, right) : likeness >= NEARLY) {
      return 1;
    }
    return likeness >= SIMILAR ? 2 : 3;
  }

  /** Whether one of the two ways to hear the one is among those to hear the other. */
  private static boolean sound(String a, String b) {
    // Not thread safe, and cheap.
    DoubleMetaphone metaphone = new DoubleMetaphone();
    String[] left = {metaphone.doubleMetaphone(a), metaphone.doubleMetaphone(a, true)};
    String[] right = {metaphone.doubleMetaphone(b), metaphone.doubleMetaphone(b, true)};
    for (String one : left) {
      for (String other : right) {
        if (one != null && !one.isEmpty() && one.equals(other)) {
          return true;
        }
      }
    }
    return false;
  }

  private static int code(String a, String b) {
    int longest = Math.max(a.length(), b.length());
    int edits = Edits.between(a, b, 2);
    if (edits == 1 && longest >= SHORT_CODE) {
      return 1;
    }
    return edits <= 2 && longest >= LONG_CODE ? 2 : 3;
  }

  private static int date(String a, String b) {
    if (Edits.between(a, b, 1) <= 1 || Days.areTurned(a, b)) {
      return 1;
    }
    return Days.areWithin(a, b, NEAR_DAYS) || Edits.between(a, b, 2) <= 2 ? 2 : 3;
  }

  private static int number(String a, String b) {
    OptionalDouble left = number(a);
    OptionalDouble right = number(b);
    if (left.isEmpty() || right.isEmpty()) {
      return 3;
    }
    double difference = Math.abs(left.getAsDouble() - right.getAsDouble());
    double greater = Math.max(Math.abs(left.getAsDouble()), Math.abs(right.getAsDouble()));
    if (difference == 0) {
      return 0;
    }
    return difference <= ONE_PERCENT * greater ? 1 : difference <= TEN_PERCENT * greater ? 2 : 3;
  }

  private static OptionalDouble number(String text) {
    try {
      return OptionalDouble.of(Double.parseDouble(text));
    } catch (NumberFormatException e) {
      return OptionalDouble.empty();
    }
  }

  private static int words(String a, String b) {
    double likeness = Words.likeness(a, b);
    return likeness >= NEARLY_SAME_WORDS ? 1 : likeness >= SIMILAR_WORDS ? 2 : 3;
  }
}
