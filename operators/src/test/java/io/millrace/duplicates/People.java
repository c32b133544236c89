package io.millrace.duplicates;

import io.millrace.duplicates.linkage.Linkage;
import io.millrace.duplicates.linkage.Thresholds;
import io.millrace.pipeline.BlockingRule;
import io.millrace.pipeline.ComparedField;
import io.millrace.pipeline.DuplicatesSpec;
import io.millrace.pipeline.FieldComparator;
import io.millrace.pipeline.QdrantSpec;
import io.millrace.records.EmbeddingSchema;
import io.millrace.vectors.NeighbourSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.VarCharType;

/** Persons of whom some are the same, and the plan by which they are found. */
final class People {
  private static final List<String> NAMES =
      List.of(
          "meredith",
          "joanna",
          "abigail",
          "leopold",
          "constantin",
          "benedikt",
          "valentina",
          "frederick",
          "gwendolyn",
          "theodora",
          "sebastian",
          "isabella");
  private static final List<String> CITIES = List.of("perth", "hobart", "darwin", "cairns");

  private People() {}

  static final QdrantSpec QDRANT =
      new QdrantSpec(
          "http://127.0.0.1:1",
          Optional.empty(),
          "people",
          Optional.empty(),
          List.of(),
          List.of(),
          false,
          8,
          1,
          Duration.ofSeconds(1));

  static DuplicatesSpec spec(int largestBlock, boolean neighbours, boolean fields) {
    return new DuplicatesSpec(
        0.9,
        fields ? 0.5 : 0.9,
        fields
            ? List.of(
                new ComparedField("name", FieldComparator.JARO_WINKLER, Optional.empty()),
                new ComparedField("born", FieldComparator.DATE, Optional.empty()),
                new ComparedField("city", FieldComparator.EXACT, Optional.empty()))
            : List.of(),
        fields
            ? List.of(
                BlockingRule.parse("prefix(name, 2) + city"), BlockingRule.parse("year(born)"))
            : List.of(),
        new DuplicatesSpec.Neighbours(neighbours ? 50 : 0, 0.9, true, true),
        largestBlock,
        100,
        Duration.ofSeconds(10),
        Duration.ZERO,
        false);
  }

  static DuplicatesPlan plan(DuplicatesSpec spec) {
    RowType row =
        RowType.of(
            new LogicalType[] {text(), text(), text()}, new String[] {"name", "born", "city"});
    EmbeddingSchema schema = new EmbeddingSchema("person_vectors", "people", "people", "", row);
    return new DuplicatesPlan(
        schema,
        spec,
        spec.compare().isEmpty() ? null : Linkage.of(spec),
        new Thresholds(spec.threshold(), spec.review()),
        Set.of("born"),
        spec.neighbours().isUsed()
            ? NeighbourSettings.of(QDRANT, schema, spec.neighbours(), false)
            : null);
  }

  private static VarCharType text() {
    return new VarCharType(VarCharType.MAX_LENGTH);
  }

  static String id(int number) {
    return UUID.nameUUIDFromBytes(new byte[] {(byte) number, (byte) (number >> 8)}).toString();
  }

  /** A person by number; a few numbers in a row are the same person, with typing errors. */
  static CandidateRow person(
      DuplicatesPlan plan, int number, String tenant, long version, Random random) {
    int who = number / 3;
    String name = NAMES.get(who % NAMES.size()) + " " + NAMES.get((who / 5 + 7) % NAMES.size());
    if (random.nextInt(3) == 0) {
      int at = 2 + random.nextInt(name.length() - 3);
      name = name.substring(0, at) + name.substring(at + 1);
    }
    String city = random.nextInt(12) == 0 ? null : CITIES.get(who % CITIES.size());
    String born = "19%02d-0%d-1%d".formatted(40 + who % 50, 1 + who % 9, who % 7);
    return row(plan, number, tenant, version, name, born, city);
  }

  static CandidateRow row(
      DuplicatesPlan plan,
      int number,
      String tenant,
      long version,
      String name,
      String born,
      String city) {
    List<String> values = new ArrayList<>(Arrays.asList(name, born, city));
    String id = id(number);
    return new CandidateRow(
        id,
        "{\"number\":" + number + "}",
        tenant,
        version,
        "hash of " + name,
        city == null ? 2 : 3,
        plan.linkage() == null ? List.of() : plan.linkage().record(id, values).values(),
        plan.linkage() == null ? List.of() : List.of(name, "", city == null ? "" : city));
  }
}
