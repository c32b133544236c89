package io.millrace.pii;

import io.millrace.ingest.FieldScreen;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Holds back new fields that look like personal data, by {@link PiiDetector}: those whose name says
 * so, and those of whose first values enough do. Each of the first {@value #EXAMINED} values of a
 * field is looked at together with those before it, later ones in passing; a field that once looked
 * like personal data is held back from then on, until a version of the contract confirms it.
 *
 * <p>A copy remembers at most {@value #MAX_FIELDS} fields, some 4 KB each; further ones are judged
 * by each value alone. A value costs some microseconds, and later ones of a field a few
 * nanoseconds. NOT thread safe.
 */
public final class PiiScreen implements FieldScreen {
  private static final long serialVersionUID = 1L;

  private static final int EXAMINED = 32;
  private static final int EVERY = 16;
  private static final int MAX_FIELDS = 200;
  private static final int MAX_VALUE = 128;

  private transient Map<String, Seen> fields;

  private static final class Seen {
    private final List<String> values = new ArrayList<>();
    private long count;
    private boolean personal;
  }

  @Override
  public boolean mayCarry(String name, String json) {
    if (fields == null) {
      fields = new HashMap<>();
    }
    Seen seen = fields.get(name);
    if (seen == null) {
      seen = new Seen();
      if (fields.size() < MAX_FIELDS) {
        fields.put(name, seen);
      }
    }
    if (!seen.personal && isLookedAt(seen.count++)) {
      look(name, json, seen);
    }
    return !seen.personal;
  }

  private static boolean isLookedAt(long place) {
    return place < EXAMINED || place % EVERY == 0;
  }

  private static void look(String name, String json, Seen seen) {
    if (json.equals("null")) {
      seen.personal |= PiiDetector.examine(name, List.of()).isPresent();
      return;
    }
    String value = json.length() <= MAX_VALUE ? json : json.substring(0, MAX_VALUE);
    if (seen.values.size() == EXAMINED) {
      seen.values.remove(0);
    }
    seen.values.add(value);
    seen.personal = PiiDetector.examine(name, seen.values).isPresent();
  }
}
