package io.millrace.formats;

import io.millrace.records.SchemaChange;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.apache.avro.SchemaCompatibility.SchemaPairCompatibility;

/**
 * What one version of a producer's Avro schema means for those who know the one before, by Avro's
 * own rules of schema resolution.
 */
public final class WriterSchemas {

  private static final int MAX_REASONS = 8;

  private WriterSchemas() {}

  /** As schema registries call it. */
  public enum Compatibility {
    /** Readers of either schema can read records of the other. */
    FULL,
    /** Readers of the new schema can read old records. */
    BACKWARD,
    /** Readers of the old schema can read new records. */
    FORWARD,
    NONE
  }

  /** How {@code newer} relates to {@code older}. */
  public static Compatibility compatibility(Schema older, Schema newer) {
    boolean backward = canRead(newer, older).isEmpty();
    boolean forward = canRead(older, newer).isEmpty();
    if (backward) {
      return forward ? Compatibility.FULL : Compatibility.BACKWARD;
    }
    return forward ? Compatibility.FORWARD : Compatibility.NONE;
  }

  /**
   * The change as an event: compatibility first, then which fields are new, gone or of another
   * type, then what Avro finds incompatible.
   *
   * @param subject of the registry
   */
  static SchemaChange change(
      String source,
      String subject,
      int olderVersion,
      Schema older,
      int newerVersion,
      Schema newer,
      String contractVersion,
      long nowMillis) {
    List<String> reasons = new ArrayList<>();
    reasons.add(compatibility(older, newer).name());
    reasons.addAll(fields(older, newer));
    canRead(newer, older).ifPresent(why -> reasons.add("not BACKWARD: " + why));
    canRead(older, newer).ifPresent(why -> reasons.add("not FORWARD: " + why));
    return new SchemaChange(
        source,
        SchemaChange.Kind.PRODUCER_SCHEMA,
        SchemaChange.Status.NOTICED,
        "",
        "%s version %d".formatted(subject, olderVersion),
        "%s version %d".formatted(subject, newerVersion),
        1.0,
        reasons.subList(0, Math.min(MAX_REASONS, reasons.size())),
        "",
        0,
        contractVersion,
        0,
        "registry",
        nowMillis);
  }

  private static List<String> fields(Schema older, Schema newer) {
    List<String> changes = new ArrayList<>();
    TreeSet<String> names = new TreeSet<>();
    older.getFields().forEach(field -> names.add(field.name()));
    newer.getFields().forEach(field -> names.add(field.name()));
    for (String name : names) {
      Schema.Field before = older.getField(name);
      Schema.Field after = newer.getField(name);
      if (before == null) {
        changes.add("new field " + name + ": " + type(after));
      } else if (after == null) {
        changes.add("field " + name + " is gone: " + type(before));
      } else if (!before.schema().equals(after.schema())) {
        changes.add("field " + name + ": " + type(before) + " -> " + type(after));
      }
    }
    return changes;
  }

  private static String type(Schema.Field field) {
    return type(field.schema());
  }

  private static String type(Schema schema) {
    if (schema.getLogicalType() != null) {
      return schema.getLogicalType().getName();
    }
    return switch (schema.getType()) {
      case UNION ->
          String.join(" or ", schema.getTypes().stream().map(WriterSchemas::type).toList());
      case RECORD, ENUM, FIXED -> schema.getName();
      case ARRAY -> "array of " + type(schema.getElementType());
      case MAP -> "map of " + type(schema.getValueType());
      default -> schema.getType().getName();
    };
  }

  /** Why not; empty if it can. */
  private static Optional<String> canRead(Schema reader, Schema writer) {
    SchemaPairCompatibility result =
        SchemaCompatibility.checkReaderWriterCompatibility(reader, writer);
    if (result.getType() == SchemaCompatibilityType.COMPATIBLE) {
      return Optional.empty();
    }
    return Optional.of(
        result.getResult().getIncompatibilities().stream()
            .findFirst()
            .map(each -> each.getLocation() + ": " + each.getMessage())
            .orElse("the schemas do not match"));
  }
}
