package io.millrace.quality;

import com.google.re2j.Pattern;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.binary.BinaryStringData;

/**
 * Whether a text has a part that a pattern matches, in time linear in the text whatever the
 * pattern. Simple patterns are left to {@link ShiftAnd}. RE2, for the others, takes about a
 * microsecond also for short texts; its answers for values seen before are kept, since codes and
 * categories come again and again.
 *
 * <p>NOT thread safe.
 */
final class PatternCondition implements Predicate<Object> {
  private static final int REMEMBERED = 1_024;
  private static final int LONGEST_REMEMBERED = 64;

  private final Pattern pattern;
  private final Optional<ShiftAnd> simple;
  private final StringData[] texts = new StringData[REMEMBERED];
  private final boolean[] answers = new boolean[REMEMBERED];

  PatternCondition(String pattern) {
    this.pattern = Pattern.compile(pattern);
    this.simple = ShiftAnd.of(pattern);
  }

  @Override
  public boolean test(Object value) {
    if (value == null) {
      return true;
    }
    StringData text = (StringData) value;
    if (simple.isPresent() && text instanceof BinaryStringData bytes) {
      ShiftAnd.Answer answer = simple.get().find(bytes);
      if (answer != ShiftAnd.Answer.UNKNOWN) {
        return answer == ShiftAnd.Answer.FOUND;
      }
    }
    int slot = (text.hashCode() * 0x9E3779B9) >>> 22;
    if (text.equals(texts[slot])) {
      return answers[slot];
    }
    String characters = text.toString();
    boolean answer = pattern.matcher(characters).find();
    if (characters.length() <= LONGEST_REMEMBERED) {
      // A copy: the value may be a view of a buffer that is used again.
      texts[slot] = StringData.fromString(characters);
      answers[slot] = answer;
    }
    return answer;
  }
}
