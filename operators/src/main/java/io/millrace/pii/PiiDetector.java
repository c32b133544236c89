package io.millrace.pii;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.millrace.inference.FieldEvidence;
import java.io.IOException;
import java.util.Collection;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * Says whether a field looks like personal data, from a sample of its values and from its name.
 *
 * <p>A kind is found when a large enough share of the sampled values is of it. How large depends on
 * how easily other data is mistaken for it: an e-mail address is nothing else, while one in ten
 * numbers passes the Luhn check and {@code 1.2.3.4} is a version, too. Values inside arrays and
 * objects count, and so do e-mail addresses within a longer text. Sound before complete: false
 * alarms hold up new fields, so what is ambiguous is not reported unless the name agrees.
 *
 * <p>No more than {@link FieldEvidence#SAMPLE} values are looked at: a kind that is in one of a
 * thousand values is missed.
 */
public final class PiiDetector {
  private static final JsonFactory JSON = new JsonFactory();
  private static final Map<PiiKind, Double> SHARE_NEEDED =
      new EnumMap<>(
          Map.of(
              PiiKind.EMAIL, 0.05,
              PiiKind.IBAN, 0.1,
              PiiKind.CARD_NUMBER, 0.3,
              PiiKind.NATIONAL_ID, 0.5,
              PiiKind.PHONE, 0.5,
              PiiKind.IP_ADDRESS, 0.8));

  /** With a name that agrees, less is needed. */
  private static final double SHARE_NEEDED_WITH_NAME = 0.05;

  private PiiDetector() {}

  /** Examines a field by its name and the sample of its evidence. */
  public static Optional<PiiFinding> examine(String field, FieldEvidence evidence) {
    return examine(field, evidence.sample());
  }

  /**
   * Examines a field.
   *
   * @param jsonTexts values as JSON texts; a text that was cut off is read as far as it goes
   */
  public static Optional<PiiFinding> examine(String field, Collection<String> jsonTexts) {
    Tally tally = new Tally();
    jsonTexts.forEach(tally::examine);
    Optional<PiiKind> named = NamePatterns.kindOf(field).or(() -> tally.namedInside);
    Optional<PiiFinding> byValues = tally.finding(named);
    if (byValues.isPresent()) {
      return byValues;
    }
    return named
        .filter(kind -> tally.examined == 0 || canHold(kind, tally))
        .map(kind -> new PiiFinding(kind, 0, tally.examined, true));
  }

  /** A truth value or a small number is no address whatever the field is called. */
  private static boolean canHold(PiiKind kind, Tally tally) {
    return tally.longEnough * 2 > tally.examined || kind == PiiKind.CREDENTIAL;
  }

  private static final class Tally {
    private static final int SHORTEST = 2;

    private final Map<PiiKind, Integer> matches = new EnumMap<>(PiiKind.class);
    private Optional<PiiKind> namedInside = Optional.empty();
    private int examined;
    private int longEnough;

    void examine(String json) {
      Map<PiiKind, Integer> found = new EnumMap<>(PiiKind.class);
      boolean text = false;
      try (JsonParser parser = JSON.createParser(json)) {
        for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
          if (token == JsonToken.FIELD_NAME) {
            namedInside = namedInside.or(() -> nameOf(parser));
          } else if (token == JsonToken.VALUE_STRING) {
            String value = parser.getText();
            text |= value.length() >= SHORTEST;
            kindOf(value).ifPresent(kind -> found.merge(kind, 1, Integer::sum));
          } else if (token == JsonToken.VALUE_NUMBER_INT) {
            text |= parser.getTextLength() > 6;
            kindOf(parser.getText()).ifPresent(kind -> found.merge(kind, 1, Integer::sum));
          }
        }
      } catch (IOException cutOff) {
        // The sample keeps the beginning of long values; what came before the cut counts.
      }
      if (!json.equals("null")) {
        examined++;
        longEnough += text ? 1 : 0;
      }
      found.keySet().forEach(kind -> matches.merge(kind, 1, Integer::sum));
    }

    private static Optional<PiiKind> nameOf(JsonParser parser) {
      try {
        return NamePatterns.kindOf(parser.currentName());
      } catch (IOException e) {
        return Optional.empty();
      }
    }

    private static Optional<PiiKind> kindOf(String value) {
      Optional<PiiKind> whole = ValuePatterns.kindOf(value);
      if (whole.isPresent() || value.indexOf('@') < 0) {
        return whole;
      }
      for (String word : value.split("[\\s,;<>()\"\\[\\]]+", 64)) {
        String bare = word.endsWith(".") ? word.substring(0, word.length() - 1) : word;
        if (ValuePatterns.isEmail(bare.startsWith("mailto:") ? bare.substring(7) : bare)) {
          return Optional.of(PiiKind.EMAIL);
        }
      }
      return Optional.empty();
    }

    Optional<PiiFinding> finding(Optional<PiiKind> named) {
      PiiFinding best = null;
      for (Map.Entry<PiiKind, Integer> entry : matches.entrySet()) {
        PiiKind kind = entry.getKey();
        double needed =
            named.isPresent() && named.get() == kind
                ? SHARE_NEEDED_WITH_NAME
                : SHARE_NEEDED.get(kind);
        int count = entry.getValue();
        if (count >= needed * examined && (best == null || count > best.matches())) {
          best = new PiiFinding(kind, count, examined, false);
        }
      }
      return Optional.ofNullable(best);
    }
  }
}
