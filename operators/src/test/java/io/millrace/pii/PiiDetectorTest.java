package io.millrace.pii;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PiiDetectorTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ada.lovelace+news@example.co.uk | EMAIL",
        "o'neill@x-y.example | EMAIL",
        "+49 30 1234567 | PHONE",
        "+4915112345678 | PHONE",
        "(212) 055-0123 | ",
        "(212) 555-2368 | PHONE",
        "212-555-2368 | PHONE",
        "06 12 34 56 78 | PHONE",
        "030/12345678 | PHONE",
        "4111 1111 1111 1111 | CARD_NUMBER",
        "378282246310005 | CARD_NUMBER",
        "5555-5555-5555-4444 | CARD_NUMBER",
        "4111 1111 1111 1112 | ",
        "1234567812345670 | ",
        "DE89 3704 0044 0532 0130 00 | IBAN",
        "GB82WEST12345698765432 | IBAN",
        "gb82 west 1234 5698 7654 32 | IBAN",
        "020 7946 0958 | PHONE",
        "07700 900123 | PHONE",
        "(030) 1234567 | PHONE",
        "01 23 45 67 89 | PHONE",
        "0041 44 668 18 00 | PHONE",
        "GB82WEST12345698765433 | ",
        "FR1420041010050500013M02606 | IBAN",
        "192.168.17.3 | IP_ADDRESS",
        "2001:db8:85a3:0:0:8a2e:370:7334 | IP_ADDRESS",
        "2001:db8::1 | IP_ADDRESS",
        "123-45-6789 | NATIONAL_ID",
        "000-45-6789 | ",
        "UA1545-EWR-20130101T1015 | ",
        "N14228 | ",
        "2013-01-01T10:15:00Z | ",
        "2013-01-01 | ",
        "01-02-2013 10:15 | ",
        "01/02/2013 | ",
        "10:15:00 | ",
        "1357034400000 | ",
        "1357034400000000 | ",
        "0-306-40615-2 | ",
        "978-3-16-148410-0 | ",
        "0012345678 | ",
        "2125552368 | ",
        "550e8400-e29b-41d4-a716-446655440000 | ",
        "@handle_of_somebody | ",
        "a@b | ",
        "40.639751,-73.778925 | ",
      })
  void shouldTellPersonalDataFromOther(String value, PiiKind kind) {
    assertThat(ValuePatterns.kindOf(value)).isEqualTo(Optional.ofNullable(kind));
  }

  @ParameterizedTest
  @CsvSource({
    "email, EMAIL",
    "userEmailAddress, EMAIL",
    "E-Mail, EMAIL",
    "phoneNumber, PHONE",
    "customer_first_name, PERSON_NAME",
    "CreditCardNo, CARD_NUMBER",
    "date_of_birth, BIRTH_DATE",
    "client_ip, IP_ADDRESS",
    "shipping_address, POSTAL_ADDRESS",
    "SSN, NATIONAL_ID",
    "email_count,",
    "is_phone_verified,",
    "emailSentAt,",
    "address,",
    "name,",
    "airline_name,",
    "mailbox_size,",
    "description,",
    "phone_model,",
    "flight_number,",
    "tailnum,",
    "seats,"
  })
  void shouldTellByTheNameWhatAFieldHolds(String name, PiiKind kind) {
    assertThat(NamePatterns.kindOf(name)).isEqualTo(Optional.ofNullable(kind));
  }

  @Test
  void shouldFindEmailAddressesInTextsAndObjects() {
    assertThat(examine("note", "\"call me\"", "\"write to ada@example.org, please.\"", "\"no\""))
        .map(PiiFinding::kind)
        .contains(PiiKind.EMAIL);
    assertThat(examine("contact", "{\"to\":\"ada@example.org\"}")).isPresent();
    assertThat(examine("contact", "{\"phone\":\"extension twelve\"}"))
        .map(PiiFinding::kind)
        .contains(PiiKind.PHONE);
    assertThat(examine("contact", "[\"x\", {\"to\":\"ada@example.org\", \"subject\": \"cut o"))
        .isPresent();
  }

  @Test
  void shouldFindCardNumbersWrittenAsNumbers() {
    assertThat(examine("pan", "4111111111111111", "378282246310005").map(PiiFinding::kind))
        .contains(PiiKind.CARD_NUMBER);
  }

  @Test
  void shouldNotTakeAFewLuckyNumbersForCards() {
    String[] numbers = new String[60];
    Arrays.setAll(numbers, i -> Long.toString(4111111111111000L + i));
    assertThat(examine("order_id", numbers)).isEmpty();
    assertThat(examine("card_number", numbers)).isPresent();
  }

  @Test
  void shouldNotTakeVersionsForAddresses() {
    assertThat(examine("version", "\"1.2.3.4\"", "\"1.2.3-SNAPSHOT\"", "\"1.2.4.0\"")).isEmpty();
  }

  @Test
  void shouldNotBelieveANameThatTheValuesContradict() {
    assertThat(examine("email", "true", "false")).isEmpty();
    assertThat(examine("phone", "1", "2", "3")).isEmpty();
    assertThat(examine("phone")).isPresent();
    assertThat(examine("phone", "\"unknown\"").orElseThrow().reason())
        .isEqualTo("its name speaks of phone numbers");
  }

  @Test
  void shouldMaskAValueAndLeaveItsShape() {
    assertThat(Mask.mask("Ada.L@example.org")).isEqualTo("Xxx.X@xxxxxxx.xxx");
    assertThat(Mask.mask("+49 30 1234567")).isEqualTo("+99 99 9999999");
    assertThat(Mask.mask("Jürgen 😀")).isEqualTo("Xxxxxx x");
    assertThat(Mask.mask("x".repeat(100))).isEqualTo("x".repeat(48) + "…");
    assertThat(Mask.mask("")).isEmpty();
  }

  private static Optional<PiiFinding> examine(String name, String... values) {
    return PiiDetector.examine(name, List.of(values));
  }
}
