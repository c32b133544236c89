package io.millrace.duplicates.linkage;

import io.millrace.pipeline.BlockingRule;
import io.millrace.pipeline.ComparedField;
import io.millrace.pipeline.DuplicatesSpec;
import io.millrace.sketch.Hash64;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * By which fields records are compared, by which rules they are found, and from when on they match.
 * Immutable; makes records comparable, finds their blocking keys and compares pairs of them, which
 * costs about a microsecond a field.
 *
 * @param fields at most {@value #MAX_FIELDS}, with different names
 * @param rules may be empty when candidates come from vectors alone; of compared fields
 * @param similarity whether the cosine of two vectors counts as one more field, the last one. It
 *     says again what the fields say: vectors are made of them
 */
public record Linkage(
    List<ComparedField> fields, List<BlockingRule> rules, Thresholds thresholds, boolean similarity)
    implements Serializable {
  /** As many as a pair has bits for, with the vectors. */
  public static final int MAX_FIELDS = 63;

  /** The cosine of a pair whose vectors were not compared. */
  public static final double NO_COSINE = Double.NaN;

  private static final char SEPARATOR = 0x1F;

  public Linkage {
    fields = List.copyOf(fields);
    rules = List.copyOf(rules);
    List<String> problems = problems(fields, rules);
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", problems));
    }
  }

  private static List<String> problems(List<ComparedField> fields, List<BlockingRule> rules) {
    List<String> problems = new ArrayList<>();
    if (fields.isEmpty() || fields.size() > MAX_FIELDS) {
      problems.add(
          "records are compared by 1 to %d fields, not %d".formatted(MAX_FIELDS, fields.size()));
    }
    Set<String> names = new HashSet<>();
    for (ComparedField field : fields) {
      if (!names.add(field.name())) {
        problems.add("field " + field.name() + " is compared twice");
      }
    }
    for (BlockingRule rule : rules) {
      for (BlockingRule.Part part : rule.parts()) {
        if (!names.contains(part.field())) {
          problems.add("rule " + rule + " needs " + part.field() + ", which is not compared");
        }
      }
    }
    return problems;
  }

  /** As a pipeline file that compares fields has it. */
  public static Linkage of(DuplicatesSpec spec) {
    return new Linkage(
        spec.compare(),
        spec.blocks(),
        new Thresholds(spec.threshold(), spec.review()),
        spec.neighbours().isUsed() && spec.neighbours().weigh());
  }

  /** What a pair is compared by, the vectors at last. */
  int comparisons() {
    return fields.size() + (similarity ? 1 : 0);
  }

  Comparison comparison(int index) {
    return index < fields.size()
        ? Comparison.of(fields.get(index).comparator())
        : Comparison.VECTOR;
  }

  String nameOf(int index) {
    return index < fields.size() ? fields.get(index).name() : "similarity";
  }

  /** Whether the weights of a comparison are learned. */
  boolean isLearned(int index) {
    return index >= fields.size() || fields.get(index).weights().isEmpty();
  }

  /**
   * A row in comparable form.
   *
   * @param values texts by the names of fields; absent, null or blank where unknown
   */
  public ComparedRecord record(String id, Map<String, String> values) {
    return record(id, fields.stream().map(field -> values.get(field.name())).toList());
  }

  /**
   * A row in comparable form.
   *
   * @param values texts of the fields, in their order; null or blank where unknown
   */
  public ComparedRecord record(String id, List<String> values) {
    if (values.size() != fields.size()) {
      throw new IllegalArgumentException(
          "%d fields are compared, but the record has %d".formatted(fields.size(), values.size()));
    }
    List<String> plain = new ArrayList<>(values.size());
    for (int field = 0; field < fields.size(); field++) {
      String value = values.get(field);
      plain.add(value == null ? null : PlainText.of(value, comparison(field)));
    }
    return new ComparedRecord(id, plain);
  }

  /**
   * The blocking keys of a record as hashes of 64 bits: two records with one in common are
   * candidates. Deterministic, the same in every process. In the order of {@link #rules()}, 0 for a
   * rule of which the record lacks a part.
   */
  public long[] keysOf(ComparedRecord record) {
    long[] hashes = new long[rules.size()];
    for (int rule = 0; rule < hashes.length; rule++) {
      hashes[rule] = keyOf(record, rule);
    }
    return hashes;
  }

  private long keyOf(ComparedRecord record, int rule) {
    StringBuilder text = new StringBuilder().append(rule);
    for (BlockingRule.Part part : rules.get(rule).parts()) {
      String value = record.values().get(indexOf(part.field()));
      String taken = value == null ? "" : KeyForms.take(value, part);
      if (taken.isEmpty()) {
        return 0;
      }
      text.append(SEPARATOR).append(taken);
    }
    return hash(text.toString());
  }

  /**
   * The first of the rules by which two records find each other: of all places where the two meet,
   * the one that should compare them, so that each pair is compared once without anybody
   * remembering it. -1 when they have no key in common.
   */
  public static int firstShared(long[] keysOfA, long[] keysOfB) {
    for (int rule = 0; rule < keysOfA.length; rule++) {
      if (keysOfA[rule] != 0 && keysOfA[rule] == keysOfB[rule]) {
        return rule;
      }
    }
    return -1;
  }

  /**
   * Compares two records. Symmetric.
   *
   * @param cosine of their vectors, {@link #NO_COSINE} when they were not compared; counts only
   *     with {@link #similarity()}
   */
  public PairComparison compare(ComparedRecord a, ComparedRecord b, double cosine) {
    byte[] levels = new byte[comparisons()];
    long[] agreed = new long[levels.length];
    for (int field = 0; field < fields.size(); field++) {
      levels[field] = (byte) level(field, a, b);
      if (levels[field] == 0) {
        agreed[field] = hash(a.values().get(field));
      }
    }
    if (similarity) {
      levels[fields.size()] = (byte) Levels.ofCosine(cosine);
    }
    return new PairComparison(levels, agreed, selecting(a, b));
  }

  /** The levels alone: not which values agree, and not how the pair was found. */
  PairComparison levels(ComparedRecord a, ComparedRecord b) {
    byte[] levels = new byte[comparisons()];
    Arrays.fill(levels, (byte) Comparison.MISSING);
    for (int field = 0; field < fields.size(); field++) {
      levels[field] = (byte) level(field, a, b);
    }
    return new PairComparison(levels, new long[levels.length], 0);
  }

  private int level(int field, ComparedRecord a, ComparedRecord b) {
    String left = a.values().get(field);
    String right = b.values().get(field);
    return left == null || right == null
        ? Comparison.MISSING
        : Levels.of(comparison(field), left, right);
  }

  /**
   * The comparison with another cosine of the vectors: the pair became neighbours, or ceased to.
   */
  public PairComparison withCosine(PairComparison pair, double cosine) {
    return similarity ? pair.withLevel(fields.size(), Levels.ofCosine(cosine)) : pair;
  }

  /** The fields that all rules need by which these two find each other. */
  private long selecting(ComparedRecord a, ComparedRecord b) {
    long[] keysOfA = keysOf(a);
    long[] keysOfB = keysOf(b);
    long selecting = -1;
    boolean found = false;
    for (int rule = 0; rule < keysOfA.length; rule++) {
      if (keysOfA[rule] != 0 && keysOfA[rule] == keysOfB[rule]) {
        found = true;
        long needed = 0;
        for (BlockingRule.Part part : rules.get(rule).parts()) {
          needed |= 1L << indexOf(part.field());
        }
        selecting &= needed;
      }
    }
    return found ? selecting : 0;
  }

  private int indexOf(String name) {
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
