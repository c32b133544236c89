package io.millrace.pii;

import io.millrace.inference.NameTokens;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What kind of personal data a field's name speaks of. */
final class NamePatterns {

  private static final Map<String, PiiKind> WORDS =
      Map.ofEntries(
          Map.entry("email", PiiKind.EMAIL),
          Map.entry("mail", PiiKind.EMAIL),
          Map.entry("correo", PiiKind.EMAIL),
          Map.entry("courriel", PiiKind.EMAIL),
          Map.entry("phone", PiiKind.PHONE),
          Map.entry("telephone", PiiKind.PHONE),
          Map.entry("telefon", PiiKind.PHONE),
          Map.entry("telefono", PiiKind.PHONE),
          Map.entry("msisdn", PiiKind.PHONE),
          Map.entry("iban", PiiKind.IBAN),
          Map.entry("ssn", PiiKind.NATIONAL_ID),
          Map.entry("passport", PiiKind.NATIONAL_ID),
          Map.entry("surname", PiiKind.PERSON_NAME),
          Map.entry("lastname", PiiKind.PERSON_NAME),
          Map.entry("firstname", PiiKind.PERSON_NAME),
          Map.entry("fullname", PiiKind.PERSON_NAME),
          Map.entry("vorname", PiiKind.PERSON_NAME),
          Map.entry("nachname", PiiKind.PERSON_NAME),
          Map.entry("prenom", PiiKind.PERSON_NAME),
          Map.entry("dob", PiiKind.BIRTH_DATE),
          Map.entry("birthday", PiiKind.BIRTH_DATE),
          Map.entry("birthdate", PiiKind.BIRTH_DATE),
          Map.entry("geburtsdatum", PiiKind.BIRTH_DATE),
          Map.entry("password", PiiKind.CREDENTIAL),
          Map.entry("passwd", PiiKind.CREDENTIAL),
          Map.entry("ipaddress", PiiKind.IP_ADDRESS),
          Map.entry("street", PiiKind.POSTAL_ADDRESS),
          Map.entry("homeaddress", PiiKind.POSTAL_ADDRESS),
          Map.entry("creditcard", PiiKind.CARD_NUMBER));

  /** All words of a set must be in the name. */
  private static final List<Map.Entry<Set<String>, PiiKind>> PHRASES =
      List.of(
          Map.entry(Set.of("e", "mail"), PiiKind.EMAIL),
          Map.entry(Set.of("mobile", "number"), PiiKind.PHONE),
          Map.entry(Set.of("contact", "number"), PiiKind.PHONE),
          Map.entry(Set.of("card", "number"), PiiKind.CARD_NUMBER),
          Map.entry(Set.of("card", "no"), PiiKind.CARD_NUMBER),
          Map.entry(Set.of("card", "num"), PiiKind.CARD_NUMBER),
          Map.entry(Set.of("credit", "card"), PiiKind.CARD_NUMBER),
          Map.entry(Set.of("bank", "account"), PiiKind.IBAN),
          Map.entry(Set.of("social", "security"), PiiKind.NATIONAL_ID),
          Map.entry(Set.of("national", "id"), PiiKind.NATIONAL_ID),
          Map.entry(Set.of("tax", "id"), PiiKind.NATIONAL_ID),
          Map.entry(Set.of("first", "name"), PiiKind.PERSON_NAME),
          Map.entry(Set.of("last", "name"), PiiKind.PERSON_NAME),
          Map.entry(Set.of("family", "name"), PiiKind.PERSON_NAME),
          Map.entry(Set.of("given", "name"), PiiKind.PERSON_NAME),
          Map.entry(Set.of("full", "name"), PiiKind.PERSON_NAME),
          Map.entry(Set.of("middle", "name"), PiiKind.PERSON_NAME),
          Map.entry(Set.of("passenger", "name"), PiiKind.PERSON_NAME),
          Map.entry(Set.of("customer", "name"), PiiKind.PERSON_NAME),
          Map.entry(Set.of("birth", "date"), PiiKind.BIRTH_DATE),
          Map.entry(Set.of("birth", "day"), PiiKind.BIRTH_DATE),
          Map.entry(Set.of("ip", "address"), PiiKind.IP_ADDRESS),
          Map.entry(Set.of("ip", "addr"), PiiKind.IP_ADDRESS),
          Map.entry(Set.of("client", "ip"), PiiKind.IP_ADDRESS),
          Map.entry(Set.of("postal", "address"), PiiKind.POSTAL_ADDRESS),
          Map.entry(Set.of("home", "address"), PiiKind.POSTAL_ADDRESS),
          Map.entry(Set.of("street", "address"), PiiKind.POSTAL_ADDRESS),
          Map.entry(Set.of("billing", "address"), PiiKind.POSTAL_ADDRESS),
          Map.entry(Set.of("shipping", "address"), PiiKind.POSTAL_ADDRESS),
          Map.entry(Set.of("delivery", "address"), PiiKind.POSTAL_ADDRESS));

  /** A field about personal data that holds none itself: email_count, is_phone_verified. */
  private static final Set<String> ABOUT =
      Set.of(
          "count",
          "cnt",
          "total",
          "is",
          "has",
          "verified",
          "valid",
          "confirmed",
          "type",
          "flag",
          "enabled",
          "status",
          "length",
          "share",
          "rate",
          "sent",
          "opened",
          "at",
          "model",
          "brand",
          "domain",
          "provider",
          "version",
          "template",
          "campaign");

  private NamePatterns() {}

  static Optional<PiiKind> kindOf(String name) {
    List<String> words = NameTokens.of(name);
    if (words.stream().anyMatch(ABOUT::contains)) {
      return Optional.empty();
    }
    for (String word : words) {
      PiiKind kind = WORDS.get(word);
      if (kind != null) {
        return Optional.of(kind);
      }
    }
    return PHRASES.stream()
        .filter(phrase -> words.containsAll(phrase.getKey()))
        .map(Map.Entry::getValue)
        .findFirst();
  }
}
