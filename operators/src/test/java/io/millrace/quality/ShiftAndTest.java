package io.millrace.quality;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.re2j.Pattern;
import java.util.Optional;
import java.util.Random;
import org.apache.flink.table.data.binary.BinaryStringData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShiftAndTest {
  private static final String[] ITEMS = {
    "a", "b", "[ab]", "[a-c]", "[bc-]", "\\d", "\\w", "\\.", "-", "[0-9a]", "9"
  };
  private static final String[] QUANTIFIERS = {
    "", "", "", "?", "*", "+", "{2}", "{0,2}", "{1,3}", "{2,}", "{0}"
  };

  @Test
  void shouldAnswerAsRe2Does() {
    long seed = Long.getLong("millrace.seed", System.nanoTime());
    System.out.println("ShiftAndTest seed " + seed);
    Random random = new Random(seed);
    int found = 0;
    for (int round = 0; round < 4_000; round++) {
      StringBuilder text = new StringBuilder(random.nextBoolean() ? "^" : "");
      int items = random.nextInt(5);
      for (int i = 0; i < items; i++) {
        text.append(ITEMS[random.nextInt(ITEMS.length)]);
        text.append(QUANTIFIERS[random.nextInt(QUANTIFIERS.length)]);
      }
      text.append(random.nextBoolean() ? "$" : "");
      String pattern = text.toString();
      Pattern oracle = Pattern.compile(pattern);
      ShiftAnd matcher = ShiftAnd.of(pattern).orElseThrow(() -> new AssertionError(pattern));
      for (int each = 0; each < 30; each++) {
        String value = value(random);
        boolean expected = oracle.matcher(value).find();
        assertThat(matcher.find(BinaryStringData.fromString(value)))
            .as("%s in '%s'", pattern, value)
            .isEqualTo(expected ? ShiftAnd.Answer.FOUND : ShiftAnd.Answer.NOT_FOUND);
        found += expected ? 1 : 0;
      }
    }
    assertThat(found).isBetween(20_000, 100_000);
  }

  private static String value(Random random) {
    StringBuilder value = new StringBuilder();
    int length = random.nextInt(8);
    for (int i = 0; i < length; i++) {
      value.append("abc9-._\nZ".charAt(random.nextInt(9)));
    }
    return value.toString();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a|b",
        "(ab)",
        "(?i)a",
        "[^a]",
        "[[:alpha:]]",
        "a.b",
        "a??",
        "a{2}?",
        "é",
        "[a-é]",
        "\\bA",
        "\\p{L}",
        "a{64}",
        "[0-9]{40}x{40}",
        "a^b",
        "a$b",
        "[a",
        "a\\",
        "[\\d]",
        "[&&a]",
        "[]a]"
      })
  void shouldLeaveOtherPatternsToOthers(String pattern) {
    assertThat(ShiftAnd.of(pattern)).isEqualTo(Optional.empty());
  }

  @Test
  void shouldLeaveOtherCharactersToOthers() {
    ShiftAnd matcher = ShiftAnd.of("^[A-Z]$").orElseThrow();
    assertThat(matcher.find(BinaryStringData.fromString("É"))).isEqualTo(ShiftAnd.Answer.UNKNOWN);
  }
}
