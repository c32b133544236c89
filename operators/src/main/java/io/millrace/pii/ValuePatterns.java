package io.millrace.pii;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What kind of personal data one value is. Sound before complete: a value that is many things, such
 * as a bare row of ten digits, is nothing here.
 */
final class ValuePatterns {
  private static final int LONGEST = 254;

  // None of these can backtrack more than its input is long: their parts do not overlap.
  private static final Pattern LOCAL_PART = Pattern.compile("[A-Za-z0-9._%+'-]{1,64}");
  private static final Pattern DOMAIN =
      Pattern.compile("[A-Za-z0-9-]{1,63}(\\.[A-Za-z0-9-]{1,63})*\\.[A-Za-z]{2,24}");
  private static final Pattern INTERNATIONAL = Pattern.compile("(\\+|00)[1-9][0-9 ().\\-/]{6,22}");
  private static final Pattern NORTH_AMERICAN =
      Pattern.compile(
          "(1[-. ])?(\\([2-9][0-9]{2}\\) ?|[2-9][0-9]{2}[-. ])[2-9][0-9]{2}[-. ][0-9]{4}");
  private static final Pattern NATIONAL =
      Pattern.compile("\\(?0[1-9][0-9]{0,4}\\)?[ /-][0-9 /-]{5,14}");
  private static final Pattern DATE_LIKE =
      Pattern.compile(
          "([0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2}|[0-9]{1,2}[-/][0-9]{1,2}[-/]([0-9]{4}|[0-9]{2}))( .*)?");
  private static final Pattern US_SOCIAL_SECURITY =
      Pattern.compile("(?!000|666|9)[0-9]{3}-(?!00)[0-9]{2}-(?!0000)[0-9]{4}");
  private static final Pattern IPV4 =
      Pattern.compile(
          "(25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])(\\.(25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])){3}");
  private static final Pattern IPV6_FULL =
      Pattern.compile("([0-9A-Fa-f]{1,4}:){7}[0-9A-Fa-f]{1,4}");
  private static final Pattern IPV6_SHORT =
      Pattern.compile(
          "[0-9A-Fa-f]{1,4}(:[0-9A-Fa-f]{1,4}){0,5}::([0-9A-Fa-f]{1,4}(:[0-9A-Fa-f]{1,4}){0,5})?");

  private ValuePatterns() {}

  static Optional<PiiKind> kindOf(String value) {
    String text = value.strip();
    if (text.length() < 6 || text.length() > LONGEST) {
      return Optional.empty();
    }
    if (isEmail(text)) {
      return Optional.of(PiiKind.EMAIL);
    }
    if (CheckDigits.isIban(text)) {
      return Optional.of(PiiKind.IBAN);
    }
    if (CheckDigits.isCardNumber(text)) {
      return Optional.of(PiiKind.CARD_NUMBER);
    }
    if (US_SOCIAL_SECURITY.matcher(text).matches()) {
      return Optional.of(PiiKind.NATIONAL_ID);
    }
    if (IPV4.matcher(text).matches()
        || IPV6_FULL.matcher(text).matches()
        || IPV6_SHORT.matcher(text).matches()) {
      return Optional.of(PiiKind.IP_ADDRESS);
    }
    return isPhone(text) ? Optional.of(PiiKind.PHONE) : Optional.empty();
  }

  static boolean isEmail(String text) {
    int at = text.indexOf('@');
    return at > 0
        && LOCAL_PART.matcher(text.substring(0, at)).matches()
        && DOMAIN.matcher(text.substring(at + 1)).matches();
  }

  /** With a country's code, as North America writes them, or with a trunk prefix and gaps. */
  private static boolean isPhone(String text) {
    long digits = text.chars().filter(letter -> letter >= '0' && letter <= '9').count();
    if (digits < 8 || digits > 15) {
      return false;
    }
    if (INTERNATIONAL.matcher(text).matches()) {
      // 0012345678 is as often a number filled up with zeros.
      return text.startsWith("+") || text.indexOf(' ') > 0;
    }
    return NORTH_AMERICAN.matcher(text).matches()
        || digits >= 9 && NATIONAL.matcher(text).matches() && !DATE_LIKE.matcher(text).matches();
  }
}
