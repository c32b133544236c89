package io.millrace.online;

import io.millrace.pipeline.FeatureViewSpec.Online;
import io.millrace.records.FeatureSchema;
import io.millrace.records.FeatureVector;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.LogicalType;

/**
 * How one view's vectors lie in Redis: key, fields, values. One hash per entity; which fields of
 * the hash are the view's own depends on the layout.
 *
 * <p>Not thread safe; every writer and reader has its own.
 */
abstract sealed class EntityLayout permits HashLayout, FeastLayout {

  private static final int SHOWN_BYTES = 300;

  final FeatureSchema schema;
  private final List<JavaValues.Getter> entityGetters;
  private final List<JavaValues.Getter> valueGetters;

  EntityLayout(FeatureSchema schema) {
    this.schema = schema;
    String view = "view " + schema.view();
    entityGetters = JavaValues.getters(view, schema.entity());
    valueGetters = JavaValues.getters(view, schema.values());
    Set<String> names = new HashSet<>();
    for (String name : schema.values().getFieldNames()) {
      if (!names.add(name)) {
        throw new IllegalArgumentException(
            "%s has two features named %s; rename one".formatted(view, name));
      }
    }
  }

  /**
   * @throws IllegalArgumentException if the layout cannot hold a type of the schema
   */
  static EntityLayout of(String pipeline, FeatureSchema schema, Online online) {
    return switch (online.layout()) {
      case HASH -> new HashLayout(pipeline, schema, online.ttl());
      case FEAST -> new FeastLayout(schema, online.project(), online.ttl());
    };
  }

  /** A key as redis-cli takes it: in quotes, with {@code \\xHH} for what is no ASCII text. */
  static String readable(byte[] key) {
    StringBuilder text = new StringBuilder("\"");
    for (byte each : Arrays.copyOf(key, Math.min(key.length, SHOWN_BYTES))) {
      if (each == '"' || each == '\\') {
        text.append('\\').append((char) each);
      } else if (each >= ' ' && each < 0x7f) {
        text.append((char) each);
      } else {
        text.append("\\x").append(HexFormat.of().toHexDigits(each));
      }
    }
    return text.append('"')
        .append(key.length > SHOWN_BYTES ? "… (" + key.length + " bytes)" : "")
        .toString();
  }

  /**
   * Encodes a vector.
   *
   * @throws IllegalArgumentException if the entity has no key in this layout
   */
  final EntityWrite encode(FeatureVector vector) {
    byte[] key = key(entity(vector.entity()));
    Version version = new Version(vector.eventTimeMillis(), vector.revision());
    if (vector.deleted()) {
      return delete(key, version).of(vector);
    }
    List<Object> values = new ArrayList<>(valueGetters.size());
    for (JavaValues.Getter getter : valueGetters) {
      values.add(getter.get(vector.values()));
    }
    return upsert(key, version, values).of(vector);
  }

  private List<Object> entity(RowData row) {
    List<Object> entity = new ArrayList<>(entityGetters.size());
    for (JavaValues.Getter getter : entityGetters) {
      entity.add(getter.get(row));
    }
    return entity;
  }

  /**
   * @throws IllegalArgumentException if these are no values of the entity's fields
   */
  final void check(List<?> entity) {
    if (entity.size() != schema.entity().getFieldCount()) {
      throw new IllegalArgumentException(
          "an entity of view %s has the fields %s, but %d values were given"
              .formatted(schema.view(), schema.entity().getFieldNames(), entity.size()));
    }
    for (int i = 0; i < entity.size(); i++) {
      LogicalType type = schema.entity().getTypeAt(i);
      if (entity.get(i) != null && !JavaValues.fits(type, entity.get(i))) {
        throw new IllegalArgumentException(
            "entity field %s of view %s is %s, but a %s was given"
                .formatted(
                    schema.entity().getFieldNames().get(i),
                    schema.view(),
                    type.asSummaryString(),
                    entity.get(i).getClass().getSimpleName()));
      }
    }
  }

  /** Key of an entity, its values in the order of the schema and the classes of its types. */
  abstract byte[] key(List<?> entity);

  abstract EntityWrite upsert(byte[] key, Version version, List<Object> values);

  abstract EntityWrite delete(byte[] key, Version version);

  /**
   * Some writes of the batch that held this key were turned away as old: whatever was believed
   * about the key's content may not be so.
   */
  abstract void forget(byte[] key);

  /** Lua text of the actions that the layout's writes have, see {@link GuardScripts}. */
  abstract Map<EntityWrite.Action, String> scripts();

  /** The fields to ask for, in the order {@link #decode} wants them. */
  abstract List<byte[]> fields();

  /**
   * What the view holds for an entity; null when it was never written, has expired or is deleted.
   */
  abstract StoredValues decode(List<byte[]> stored);

  /** As {@link #decode(List)}, with names. */
  final Optional<StoredFeatures> decode(List<?> entity, List<byte[]> stored) {
    StoredValues found = decode(stored);
    return found == null ? Optional.empty() : Optional.of(StoredFeatures.of(schema, entity, found));
  }

  /** Redis's glob pattern that the keys of all entities match, and perhaps others. */
  abstract byte[] pattern();

  /** The entity of a key; empty when the key is none of this view's. */
  abstract Optional<List<Object>> entity(byte[] key);

  /** A glob pattern that matches exactly these bytes. */
  static byte[] literally(byte[] bytes) {
    ByteArrayOutputStream pattern = new ByteArrayOutputStream(bytes.length + 8);
    for (byte each : bytes) {
      if (each == '*' || each == '?' || each == '[' || each == ']' || each == '\\') {
        pattern.write('\\');
      }
      pattern.write(each);
    }
    return pattern.toByteArray();
  }

  static long millis(Optional<java.time.Duration> ttl) {
    return ttl.map(java.time.Duration::toMillis).orElse(0L);
  }
}
