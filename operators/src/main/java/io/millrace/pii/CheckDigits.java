package io.millrace.pii;

import java.util.Locale;
import java.util.Map;

/** Numbers that carry a check: payment cards (ISO/IEC 7812) and bank accounts (ISO 13616). */
final class CheckDigits {

  /** Length of an IBAN by country, from the registry that SWIFT keeps. */
  private static final Map<String, Integer> IBAN_LENGTHS =
      Map.ofEntries(
          length("AD", 24),
          length("AE", 23),
          length("AL", 28),
          length("AT", 20),
          length("AZ", 28),
          length("BA", 20),
          length("BE", 16),
          length("BG", 22),
          length("BH", 22),
          length("BR", 29),
          length("BY", 28),
          length("CH", 21),
          length("CR", 22),
          length("CY", 28),
          length("CZ", 24),
          length("DE", 22),
          length("DK", 18),
          length("DO", 28),
          length("EE", 20),
          length("EG", 29),
          length("ES", 24),
          length("FI", 18),
          length("FO", 18),
          length("FR", 27),
          length("GB", 22),
          length("GE", 22),
          length("GI", 23),
          length("GL", 18),
          length("GR", 27),
          length("GT", 28),
          length("HR", 21),
          length("HU", 28),
          length("IE", 22),
          length("IL", 23),
          length("IQ", 23),
          length("IS", 26),
          length("IT", 27),
          length("JO", 30),
          length("KW", 30),
          length("KZ", 20),
          length("LB", 28),
          length("LC", 32),
          length("LI", 21),
          length("LT", 20),
          length("LU", 20),
          length("LV", 21),
          length("LY", 25),
          length("MC", 27),
          length("MD", 24),
          length("ME", 22),
          length("MK", 19),
          length("MR", 27),
          length("MT", 31),
          length("MU", 30),
          length("NL", 18),
          length("NO", 15),
          length("PK", 24),
          length("PL", 28),
          length("PS", 29),
          length("PT", 25),
          length("QA", 29),
          length("RO", 24),
          length("RS", 22),
          length("SA", 24),
          length("SC", 31),
          length("SE", 24),
          length("SI", 19),
          length("SK", 24),
          length("SM", 27),
          length("ST", 25),
          length("SV", 28),
          length("TL", 23),
          length("TN", 24),
          length("TR", 26),
          length("UA", 29),
          length("VA", 22),
          length("VG", 24),
          length("XK", 20));

  private CheckDigits() {}

  private static Map.Entry<String, Integer> length(String country, int length) {
    return Map.entry(country, length);
  }

  /** A card number: digits of a known issuer's prefix and length that pass the Luhn check. */
  static boolean isCardNumber(String text) {
    String digits = withoutSeparators(text);
    return digits.length() >= 13
        && digits.length() <= 19
        && digits.chars().allMatch(letter -> letter >= '0' && letter <= '9')
        && isIssued(digits)
        && passesLuhn(digits);
  }

  private static boolean isIssued(String digits) {
    int length = digits.length();
    int two = Integer.parseInt(digits.substring(0, 2));
    int three = Integer.parseInt(digits.substring(0, 3));
    int four = Integer.parseInt(digits.substring(0, 4));
    return digits.charAt(0) == '4' && (length == 13 || length == 16 || length == 19)
        || (two >= 51 && two <= 55 || four >= 2221 && four <= 2720) && length == 16
        || (two == 34 || two == 37) && length == 15
        || (four == 6011 || two == 65 || three >= 644 && three <= 649) && length >= 16
        || four >= 3528 && four <= 3589 && length >= 16
        || (three >= 300 && three <= 305 || two == 36 || two == 38 || two == 39) && length == 14
        || two == 62 && length >= 16;
  }

  /** ISO/IEC 7812-1, annex B. */
  static boolean passesLuhn(String digits) {
    int sum = 0;
    for (int i = 0; i < digits.length(); i++) {
      int digit = digits.charAt(digits.length() - 1 - i) - '0';
      int counted = i % 2 == 0 ? digit : 2 * digit;
      sum += counted > 9 ? counted - 9 : counted;
    }
    return sum % 10 == 0;
  }

  /** An IBAN of its country's length whose check digits are right (ISO 7064, mod 97-10). */
  static boolean isIban(String text) {
    String iban = withoutSeparators(text).toUpperCase(Locale.ROOT);
    if (iban.length() < 15 || iban.length() > 34) {
      return false;
    }
    Integer length = IBAN_LENGTHS.get(iban.substring(0, 2));
    if (length == null || length != iban.length()) {
      return false;
    }
    int remainder = 0;
    for (int i = 0; i < iban.length(); i++) {
      char letter = iban.charAt((i + 4) % iban.length());
      if (letter >= '0' && letter <= '9') {
        remainder = (remainder * 10 + letter - '0') % 97;
      } else if (letter >= 'A' && letter <= 'Z') {
        remainder = (remainder * 100 + letter - 'A' + 10) % 97;
      } else {
        return false;
      }
    }
    return remainder == 1;
  }

  private static String withoutSeparators(String text) {
    return text.replace(" ", "").replace("-", "");
  }
}
