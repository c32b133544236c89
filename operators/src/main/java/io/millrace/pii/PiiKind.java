package io.millrace.pii;

/** Kinds of personal data. */
public enum PiiKind {
  EMAIL("e-mail addresses"),
  PHONE("phone numbers"),
  CARD_NUMBER("payment card numbers"),
  IBAN("bank account numbers (IBAN)"),
  IP_ADDRESS("IP addresses"),
  NATIONAL_ID("national identification numbers"),
  PERSON_NAME("names of persons"),
  POSTAL_ADDRESS("postal addresses"),
  BIRTH_DATE("dates of birth"),
  CREDENTIAL("passwords or other credentials");

  private final String noun;

  PiiKind(String noun) {
    this.noun = noun;
  }

  /** For messages: what the values are, in the plural. */
  public String noun() {
    return noun;
  }
}
