package io.millrace.duplicates.linkage;

import io.millrace.sketch.Hash64;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * By which fields records are compared, by which keys they are found, and from when on they match.
 * Immutable; makes records comparable, finds their blocking keys and compares pairs of them, which
 * costs about a microsecond a field.
 *
 * @param fields at most {@value #MAX_FIELDS}, with different names; one may be {@link
 *     Comparison#VECTOR}
 * @param keys may be empty when candidates come from vectors alone; of compared fields
 */
public record Linkage(List<ComparedField> fields, List<BlockingKey> keys, Thresholds thresholds)
    implements Serializable {
  /** As many as a pair has bits for. */
  public static final int MAX_FIELDS = 64;

  /** The cosine of a pair whose vectors were not compared. */
  public static final double NO_COSINE = Double.NaN;

  private static final byte SEPARATOR = 0x1F;

  public Linkage {
    fields = List.copyOf(fields);
    keys = List.copyOf(keys);
    List<String> problems = problems(fields, keys);
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", problems));
    }
  }

  private static List<String> problems(List<ComparedField> fields, List<BlockingKey> keys) {
    List<String> problems = new ArrayList<>();
    if (fields.isEmpty() || fields.size() > MAX_FIELDS) {
      problems.add(
          "records are compared by 1 to %d fields, not %d".formatted(MAX_FIELDS, fields.size()));
    }
    Set<String> names = new HashSet<>();
    int vectors = 0;
    for (ComparedField field : fields) {
      if (!names.add(field.name())) {
        problems.add("field " + field.name() + " is compared twice");
      }
      vectors += field.comparison() == Comparison.VECTOR ? 1 : 0;
    }
    if (vectors > 1) {
      problems.add(vectors + " fields compare vectors, but a row has one");
    }
    for (BlockingKey key : keys) {
      for (KeyPart part : key.parts()) {
        if (!names.contains(part.field())) {
          problems.add("a blocking key needs " + part.field() + ", which is not compared");
        }
      }
    }
    return problems;
  }

  /**
   * A row in comparable form.
   *
   * @param values texts by the names of fields; absent, null or blank where unknown
   */
  public ComparedRecord record(String id, Map<String, String> values) {
    List<String> plain = new ArrayList<>(fields.size());
    for (ComparedField field : fields) {
      String value = values.get(field.name());
      plain.add(value == null ? null : PlainText.of(value, field.comparison()));
    }
    return new ComparedRecord(id, plain);
  }

  /**
   * The blocking keys of a record as hashes of 64 bits: two records with one in common are
   * candidates. Deterministic, the same in every process. In the order of {@link #keys()}, 0 for a
   * key that the record lacks.
   */
  public long[] keysOf(ComparedRecord record) {
    long[] hashes = new long[keys.size()];
    for (int key = 0; key < hashes.length; key++) {
      hashes[key] = keyOf(record, key);
    }
    return hashes;
  }

  private long keyOf(ComparedRecord record, int key) {
    StringBuilder text = new StringBuilder().append(key);
    for (KeyPart part : keys.get(key).parts()) {
      String value = record.values().get(indexOf(part.field()));
      String taken = value == null ? "" : KeyForms.take(value, part);
      if (taken.isEmpty()) {
        return 0;
      }
      text.append((char) SEPARATOR).append(taken);
    }
    return hash(text.toString());
  }

  /**
   * The first of the keys that both records have: of all places where the two meet, the one that
   * should compare them, so that each pair is compared once without anybody remembering it. -1 when
   * they have none in common.
   */
  public static int firstShared(long[] keysOfA, long[] keysOfB) {
    for (int key = 0; key < keysOfA.length; key++) {
      if (keysOfA[key] != 0 && keysOfA[key] == keysOfB[key]) {
        return key;
      }
    }
    return -1;
  }

  /**
   * Compares two records. Symmetric.
   *
   * @param cosine of their vectors, {@link #NO_COSINE} when they were not compared
   */
  public PairComparison compare(ComparedRecord a, ComparedRecord b, double cosine) {
    byte[] levels = new byte[fields.size()];
    long[] agreed = new long[fields.size()];
    for (int field = 0; field < levels.length; field++) {
      Comparison comparison = fields.get(field).comparison();
      if (comparison == Comparison.VECTOR) {
        levels[field] = (byte) Levels.ofCosine(cosine);
        continue;
      }
      String left = a.values().get(field);
      String right = b.values().get(field);
      levels[field] =
          (byte)
              (left == null || right == null
                  ? Comparison.MISSING
                  : Levels.of(comparison, left, right));
      if (levels[field] == 0) {
        agreed[field] = hash(left);
      }
    }
    return new PairComparison(levels, agreed, selecting(a, b));
  }

  /** The fields that all keys need by which these two are found. */
  private long selecting(ComparedRecord a, ComparedRecord b) {
    long[] keysOfA = keysOf(a);
    long[] keysOfB = keysOf(b);
    long selecting = -1;
    boolean found = false;
    for (int key = 0; key < keysOfA.length; key++) {
      if (keysOfA[key] != 0 && keysOfA[key] == keysOfB[key]) {
        found = true;
        long needed = 0;
        for (KeyPart part : keys.get(key).parts()) {
          needed |= 1L << indexOf(part.field());
        }
        selecting &= needed;
      }
    }
    return found ? selecting : 0;
  }

  int indexOf(String name) {
    for (int field = 0; field < fields.size(); field++) {
      if (fields.get(field).name().equals(name)) {
        return field;
      }
    }
    throw new IllegalArgumentException("no field " + name + " is compared");
  }

  static long hash(String text) {
    return Hash64.of(text.getBytes(StandardCharsets.UTF_8));
  }
}
