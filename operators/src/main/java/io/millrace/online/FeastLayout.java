package io.millrace.online;

import io.millrace.records.FeatureSchema;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.flink.table.types.logical.LogicalType;

/**
 * Feast's layout, byte for byte what its SDK writes (entity key serialization version 3): a hash
 * for every project and entity, which the views of that entity share.
 *
 * <pre>
 * key     u32 number of entity fields
 *         per field, by name: u32 2, u32 length, name
 *         per field, same order: u32 type, u32 length, value     (types as in {@link FeastValues})
 *         project                                                (all little-endian)
 * fields  murmur3(view:feature), 4 bytes little-endian           {@link FeastValues}
 *         _ts:&lt;view&gt;   google.protobuf.Timestamp; absent when the entity is deleted
 *         _v:&lt;view&gt;    &lt;event time millis&gt;:&lt;revision&gt;, ours: Feast does not look at it
 * </pre>
 *
 * <p>A write or a delete touches only the fields of its own view.
 */
final class FeastLayout extends EntityLayout {

  private static final int KEY_STRING = 2;

  private final int[] byName;
  private final byte[] header;
  private final byte[] project;
  private final List<byte[]> names = new ArrayList<>();
  private final byte[] versionField;
  private final boolean narrow;
  private final GuardScripts scripts;
  private final MessagePack packed = new MessagePack();

  FeastLayout(FeatureSchema schema, String project, Optional<Duration> ttl) {
    super(schema);
    this.project = utf8(project);
    List<String> entity = schema.entity().getFieldNames();
    byName =
        IntStream.range(0, entity.size())
            .boxed()
            .sorted(Comparator.comparing(entity::get))
            .mapToInt(Integer::intValue)
            .toArray();
    List<byte[]> keyNames = new ArrayList<>();
    for (int field : byName) {
      keyNames.add(utf8(entity.get(field)));
      checkKeyType(entity.get(field), schema.entity().getTypeAt(field));
    }
    header = header(keyNames);
    names.add(utf8("_ts:" + schema.view()));
    Map<Integer, String> featureOfHash = new HashMap<>();
    for (String feature : schema.values().getFieldNames()) {
      byte[] name = utf8(schema.view() + ":" + feature);
      int hash = murmur3(name);
      String other = featureOfHash.put(hash, feature);
      if (other != null) {
        throw new IllegalArgumentException(
            "view %s: Feast gives the features %s and %s the same field 0x%08x; rename one"
                .formatted(schema.view(), other, feature, hash));
      }
      names.add(littleEndian(4).putInt(hash).array());
    }
    versionField = utf8("_v:" + schema.view());
    narrow = names.size() <= GuardScripts.MOST_CONSTANT_FIELDS;
    scripts = new GuardScripts(versionField, names, millis(ttl));
  }

  private void checkKeyType(String field, LogicalType type) {
    switch (type.getTypeRoot()) {
      case CHAR, VARCHAR, BINARY, VARBINARY, TINYINT, SMALLINT, INTEGER, BIGINT:
      case DATE, TIMESTAMP_WITHOUT_TIME_ZONE, TIMESTAMP_WITH_LOCAL_TIME_ZONE:
        return;
      default:
        throw new IllegalArgumentException(
            "view %s: Feast cannot use %s as an entity key, which entity field %s is; use layout hash, or an entity of strings, integers, bytes or timestamps"
                .formatted(schema.view(), type.asSummaryString(), field));
    }
  }

  @Override
  byte[] key(List<?> entity) {
    List<byte[]> values = new ArrayList<>(byName.length);
    int size = header.length + project.length;
    for (int i = 0; i < byName.length; i++) {
      Object value = entity.get(byName[i]);
      if (value == null) {
        throw new IllegalArgumentException(
            "view %s: entity field %s is null, for which Feast has no key; leave such rows out with where: \"%s IS NOT NULL\""
                .formatted(
                    schema.view(),
                    schema.entity().getFieldNames().get(byName[i]),
                    schema.entity().getFieldNames().get(byName[i])));
      }
      byte[] bytes = keyValue(FeastValues.number(schema.entity().getTypeAt(byName[i])), value);
      values.add(bytes);
      size += 8 + bytes.length;
    }
    ByteBuffer key = littleEndian(size).put(header);
    for (int i = 0; i < byName.length; i++) {
      key.putInt(FeastValues.number(schema.entity().getTypeAt(byName[i])));
      key.putInt(values.get(i).length).put(values.get(i));
    }
    return key.put(project).array();
  }

  /** What comes before the values: the names, the same in all keys. */
  private static byte[] header(List<byte[]> keyNames) {
    int size = 4;
    for (byte[] name : keyNames) {
      size += 8 + name.length;
    }
    ByteBuffer header = littleEndian(size).putInt(keyNames.size());
    for (byte[] name : keyNames) {
      header.putInt(KEY_STRING).putInt(name.length).put(name);
    }
    return header.array();
  }

  @Override
  byte[] pattern() {
    byte[] begin = literally(header);
    byte[] end = literally(project);
    return ByteBuffer.allocate(begin.length + 1 + end.length)
        .put(begin)
        .put((byte) '*')
        .put(end)
        .array();
  }

  @Override
  Optional<List<Object>> entity(byte[] key) {
    if (key.length < header.length
        || !Arrays.equals(key, 0, header.length, header, 0, header.length)) {
      return Optional.empty();
    }
    ByteBuffer rest = ByteBuffer.wrap(key).order(ByteOrder.LITTLE_ENDIAN).position(header.length);
    Object[] entity = new Object[byName.length];
    for (int field : byName) {
      LogicalType type = schema.entity().getTypeAt(field);
      if (rest.remaining() < 8 || rest.getInt() != FeastValues.number(type)) {
        return Optional.empty();
      }
      int length = rest.getInt();
      if (length < 0 || length > rest.remaining()) {
        return Optional.empty();
      }
      byte[] value = new byte[length];
      rest.get(value);
      try {
        entity[field] = entityValue(type, value);
      } catch (BufferUnderflowException | DateTimeException notOfThisView) {
        return Optional.empty();
      }
    }
    byte[] end = new byte[rest.remaining()];
    rest.get(end);
    return Arrays.equals(end, project)
        ? Optional.of(Collections.unmodifiableList(Arrays.asList(entity)))
        : Optional.empty();
  }

  /** The inverse of {@link #keyValue}; times are those of whole seconds. */
  private static Object entityValue(LogicalType type, byte[] value) {
    ByteBuffer bytes = ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN);
    return switch (type.getTypeRoot()) {
      case CHAR, VARCHAR -> new String(value, StandardCharsets.UTF_8);
      case BINARY, VARBINARY -> value;
      case TINYINT -> (byte) bytes.getInt();
      case SMALLINT -> (short) bytes.getInt();
      case INTEGER -> bytes.getInt();
      case BIGINT -> bytes.getLong();
      case DATE -> LocalDate.ofEpochDay(Math.floorDiv(bytes.getLong(), 86_400L));
      case TIMESTAMP_WITHOUT_TIME_ZONE ->
          LocalDateTime.ofEpochSecond(bytes.getLong(), 0, ZoneOffset.UTC);
      default -> Instant.ofEpochSecond(bytes.getLong());
    };
  }

  private static byte[] keyValue(int type, Object value) {
    return switch (type) {
      case 1 -> (byte[]) value;
      case 2 -> utf8(value.toString());
      case 3 -> littleEndian(4).putInt(((Number) value).intValue()).array();
      case 4 -> littleEndian(8).putLong((long) value).array();
      default -> littleEndian(8).putLong(FeastValues.unixSeconds(value)).array();
    };
  }

  @Override
  EntityWrite upsert(byte[] key, Version version, List<Object> values) {
    packed.clear().add(version.toBytes());
    for (int i = 0; i < names.size(); i++) {
      if (!narrow) {
        packed.add(names.get(i));
      }
      packed.add(
          i == 0
              ? FeastValues.timestamp(version.eventTimeMillis())
              : FeastValues.encode(schema.values().getTypeAt(i - 1), values.get(i - 1)));
    }
    EntityWrite.Action action = narrow ? EntityWrite.Action.UPDATE : EntityWrite.Action.REPLACE;
    return new EntityWrite(key, action, version, packed.toBytes());
  }

  @Override
  EntityWrite delete(byte[] key, Version version) {
    byte[] payload = packed.clear().add(version.toBytes()).toBytes();
    return new EntityWrite(key, EntityWrite.Action.DELETE, version, payload);
  }

  @Override
  void forget(byte[] key) {}

  @Override
  Map<EntityWrite.Action, String> scripts() {
    return Map.of(
        narrow ? EntityWrite.Action.UPDATE : EntityWrite.Action.REPLACE,
        narrow ? scripts.updateShared() : scripts.replaceShared(),
        EntityWrite.Action.DELETE,
        scripts.deleteShared());
  }

  @Override
  List<byte[]> fields() {
    List<byte[]> fields = new ArrayList<>(names);
    fields.add(versionField);
    return fields;
  }

  /** Also what another writer of Feast's layout has left, which has no version: revision 0. */
  @Override
  StoredValues decode(List<byte[]> stored) {
    byte[] timestamp = stored.get(0);
    if (timestamp == null) {
      return null;
    }
    Object[] values = new Object[names.size() - 1];
    for (int i = 0; i < values.length; i++) {
      byte[] value = stored.get(i + 1);
      if (value != null) {
        values[i] = FeastValues.decode(schema.values().getTypeAt(i), value);
      }
    }
    byte[] version = stored.get(names.size());
    return new StoredValues(
        values,
        FeastValues.decodeTimestamp(timestamp),
        version == null ? 0 : Version.parse(version).revision());
  }

  /** MurmurHash3_x86_32 with seed 0. */
  static int murmur3(byte[] bytes) {
    int hash = 0;
    int i = 0;
    for (; i + 4 <= bytes.length; i += 4) {
      int block =
          bytes[i] & 0xff
              | (bytes[i + 1] & 0xff) << 8
              | (bytes[i + 2] & 0xff) << 16
              | bytes[i + 3] << 24;
      hash = Integer.rotateLeft(hash ^ scramble(block), 13) * 5 + 0xe6546b64;
    }
    int tail = 0;
    for (int at = bytes.length - 1; at >= i; at--) {
      tail = tail << 8 | bytes[at] & 0xff;
    }
    if (i < bytes.length) {
      hash ^= scramble(tail);
    }
    hash ^= bytes.length;
    hash = (hash ^ hash >>> 16) * 0x85ebca6b;
    hash = (hash ^ hash >>> 13) * 0xc2b2ae35;
    return hash ^ hash >>> 16;
  }

  private static int scramble(int block) {
    return Integer.rotateLeft(block * 0xcc9e2d51, 15) * 0x1b873593;
  }

  private static ByteBuffer littleEndian(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
