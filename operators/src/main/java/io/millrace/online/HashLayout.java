package io.millrace.online;

import io.millrace.records.FeatureSchema;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The readable layout: a hash of its own for every view and entity.
 *
 * <pre>
 * key     millrace:&lt;pipeline&gt;:&lt;view&gt;:&lt;entity value&gt;[:&lt;entity value&gt;...]
 *         with %XX for ':', '%' and control characters in values, %null for a null
 * fields  &lt;feature&gt;     text as in {@link TextValues}; no field for a null
 *         _event_time   ISO-8601; absent when the entity is deleted
 *         _version      &lt;event time millis&gt;:&lt;revision&gt;
 * </pre>
 *
 * <p>The first write of a key by a writer, and every vector with a null, replaces the whole hash:
 * so features that the view no longer has do not stay. All others only overwrite.
 */
final class HashLayout extends EntityLayout {

  static final String EVENT_TIME = "_event_time";
  static final String VERSION = "_version";

  private final String prefix;
  private final byte[][] names;
  private final boolean narrow;
  private final GuardScripts scripts;
  private final RecentKeys known = new RecentKeys();
  private final MessagePack packed = new MessagePack();

  HashLayout(String pipeline, FeatureSchema schema, Optional<Duration> ttl) {
    super(schema);
    prefix = "millrace:" + pipeline + ":" + schema.view();
    List<String> features = schema.values().getFieldNames();
    for (String feature : features) {
      if (feature.equals(EVENT_TIME) || feature.equals(VERSION)) {
        throw new IllegalArgumentException(
            "view %s: the feature name %s is taken by Millrace in the hash layout; rename it"
                .formatted(schema.view(), feature));
      }
    }
    names = new byte[features.size() + 1][];
    names[0] = utf8(EVENT_TIME);
    for (int i = 0; i < features.size(); i++) {
      names[i + 1] = utf8(features.get(i));
    }
    narrow = names.length <= GuardScripts.MOST_CONSTANT_FIELDS;
    scripts = new GuardScripts(utf8(VERSION), List.of(names), millis(ttl));
  }

  @Override
  byte[] key(List<?> entity) {
    StringBuilder key = new StringBuilder(prefix);
    for (Object value : entity) {
      key.append(':');
      escape(key, value);
    }
    return utf8(key.toString());
  }

  private static void escape(StringBuilder key, Object value) {
    if (value == null) {
      key.append("%null");
      return;
    }
    String text = TextValues.format(value);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == ':' || c == '%' || c < 0x20 || c == 0x7f) {
        key.append('%')
            .append(Character.toUpperCase(Character.forDigit(c >> 4, 16)))
            .append(Character.toUpperCase(Character.forDigit(c & 15, 16)));
      } else {
        key.append(c);
      }
    }
  }

  @Override
  byte[] pattern() {
    byte[] literal = literally(utf8(prefix + ":"));
    byte[] pattern = Arrays.copyOf(literal, literal.length + 1);
    pattern[literal.length] = '*';
    return pattern;
  }

  @Override
  Optional<List<Object>> entity(byte[] key) {
    String text = new String(key, StandardCharsets.UTF_8);
    if (!text.startsWith(prefix + ":")) {
      return Optional.empty();
    }
    String[] parts = text.substring(prefix.length() + 1).split(":", -1);
    if (parts.length != schema.entity().getFieldCount()) {
      return Optional.empty();
    }
    List<Object> entity = new ArrayList<>();
    for (int i = 0; i < parts.length; i++) {
      try {
        entity.add(
            parts[i].equals("%null")
                ? null
                : TextValues.parse(schema.entity().getTypeAt(i), unescaped(parts[i])));
      } catch (IllegalArgumentException notOfThisView) {
        return Optional.empty();
      }
    }
    return Optional.of(entity);
  }

  private static String unescaped(String text) {
    StringBuilder plain = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) == '%' && i + 2 < text.length()) {
        plain.append((char) Integer.parseInt(text, i + 1, i + 3, 16));
        i += 2;
      } else {
        plain.append(text.charAt(i));
      }
    }
    return plain.toString();
  }

  @Override
  EntityWrite upsert(byte[] key, Version version, List<Object> values) {
    byte[] eventTime = utf8(Instant.ofEpochMilli(version.eventTimeMillis()).toString());
    packed.clear().add(version.toBytes());
    if (known.add(key) && narrow && !values.contains(null)) {
      packed.add(eventTime);
      for (Object value : values) {
        packed.add(utf8(TextValues.format(value)));
      }
      return new EntityWrite(key, EntityWrite.Action.UPDATE, version, packed.toBytes());
    }
    packed.add(names[0]).add(eventTime);
    for (int i = 0; i < values.size(); i++) {
      if (values.get(i) != null) {
        packed.add(names[i + 1]).add(utf8(TextValues.format(values.get(i))));
      }
    }
    return new EntityWrite(key, EntityWrite.Action.REPLACE, version, packed.toBytes());
  }

  @Override
  EntityWrite delete(byte[] key, Version version) {
    known.remove(key);
    byte[] payload = packed.clear().add(version.toBytes()).toBytes();
    return new EntityWrite(key, EntityWrite.Action.DELETE, version, payload);
  }

  @Override
  void forget(byte[] key) {
    known.remove(key);
  }

  @Override
  Map<EntityWrite.Action, String> scripts() {
    Map<EntityWrite.Action, String> used = new EnumMap<>(EntityWrite.Action.class);
    if (narrow) {
      used.put(EntityWrite.Action.UPDATE, scripts.update());
    }
    used.put(EntityWrite.Action.REPLACE, scripts.replaceHash());
    used.put(EntityWrite.Action.DELETE, scripts.deleteHash());
    return used;
  }

  @Override
  List<byte[]> fields() {
    List<byte[]> fields = new ArrayList<>(List.of(names));
    fields.add(utf8(VERSION));
    return fields;
  }

  @Override
  StoredValues decode(List<byte[]> stored) {
    byte[] version = stored.get(names.length);
    if (version == null || stored.get(0) == null) {
      return null;
    }
    Object[] values = new Object[names.length - 1];
    for (int i = 0; i < values.length; i++) {
      byte[] text = stored.get(i + 1);
      if (text != null) {
        values[i] =
            TextValues.parse(
                schema.values().getTypeAt(i), new String(text, StandardCharsets.UTF_8));
      }
    }
    Version read = Version.parse(version);
    return new StoredValues(values, Instant.ofEpochMilli(read.eventTimeMillis()), read.revision());
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
