package io.millrace.pipeline;

import io.millrace.contract.Contract;
import io.millrace.document.YamlValue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.LogicalTypeRoot;

/** Reads the {@code duplicates} of an embedding. */
final class DuplicatesReader {
  private static final double THRESHOLD = 0.9;
  private static final double REVIEW = 0.5;
  private static final double CANDIDATE_SIMILARITY = 0.8;
  private static final int NEIGHBOURS = 10;
  private static final int LARGEST_BLOCK = 200;
  private static final int LARGEST_CLUSTER = 100;
  private static final Duration SETTLE = Duration.ofSeconds(10);

  private final Reading reading;
  private final Contract contract;

  DuplicatesReader(Reading reading, Contract contract) {
    this.reading = reading;
    this.contract = contract;
  }

  DuplicatesSpec read(YamlValue map) {
    List<ComparedField> compare = compare(map);
    List<BlockingRule> blocks = blocks(map, compare);
    double threshold = reading.share(map, "threshold", THRESHOLD);
    double review = reading.share(map, "review", compare.isEmpty() ? threshold : REVIEW);
    if (map.get("review").isPresent() && review > threshold) {
      reading.report(
          map.nearest("review")
              .problem(
                  "a score for review of " + review + " above the threshold " + threshold,
                  "a score up to the threshold: from there on pairs match",
                  "lower it"));
    }
    DuplicatesSpec.Neighbours neighbours = neighbours(map, threshold, review, compare.isEmpty());
    if (!neighbours.isUsed() && blocks.isEmpty()) {
      reading.report(
          map.problem(
              "neither neighbours nor block",
              "a way in which pairs are found",
              "add block: [field], or remove neighbours: {limit: 0}"));
    }
    if (compare.isEmpty() && !blocks.isEmpty()) {
      reading.report(
          map.nearest("block")
              .problem(
                  "block without compare",
                  "compare: the fields by which rows of a block are told apart",
                  "add it, for example compare: {"
                      + blocks.get(0).parts().get(0).field()
                      + ": exact}"));
    }
    return new DuplicatesSpec(
        threshold,
        Math.min(review, threshold),
        compare,
        blocks,
        neighbours,
        reading.number(map, "largest_block", LARGEST_BLOCK),
        reading.number(map, "largest_cluster", LARGEST_CLUSTER),
        reading.duration(map, "settle").orElse(SETTLE),
        reading.duration(map, "keep").orElse(Duration.ZERO),
        reading.flag(map, "write_back", false));
  }

  private DuplicatesSpec.Neighbours neighbours(
      YamlValue map, double threshold, double review, boolean vectorsOnly) {
    // Without fields the similarity is the score: what is below every threshold need not be found.
    double least = vectorsOnly ? Math.min(threshold, review) : CANDIDATE_SIMILARITY;
    Optional<YamlValue> section = map.get("neighbours").filter(YamlValue::isMap);
    return new DuplicatesSpec.Neighbours(
        section.map(it -> reading.number(it, "limit", NEIGHBOURS)).orElse(NEIGHBOURS),
        section.map(it -> reading.share(it, "similarity", least)).orElse(least),
        section.map(it -> reading.flag(it, "exact", false)).orElse(false),
        section.map(it -> reading.flag(it, "weigh", false)).orElse(false));
  }

  private List<ComparedField> compare(YamlValue map) {
    List<ComparedField> fields = new ArrayList<>();
    Optional<YamlValue> section = map.get("compare").filter(YamlValue::isMap);
    if (section.isEmpty()) {
      return fields;
    }
    for (Map.Entry<String, YamlValue> entry : section.get().entries()) {
      Optional<FieldComparator> comparator = comparator(entry.getValue());
      if (FieldReferences.check(entry.getValue(), entry.getKey(), contract, reading)
          && comparator.isPresent()) {
        checkType(entry.getValue(), entry.getKey(), comparator.get());
        fields.add(new ComparedField(entry.getKey(), comparator.get(), weights(entry.getValue())));
      }
    }
    long weighed = fields.stream().filter(field -> field.weights().isPresent()).count();
    if (weighed > 0 && weighed < fields.size()) {
      reading.report(
          section
              .get()
              .problem(
                  "weights for %d of %d fields".formatted(weighed, fields.size()),
                  "weights for all fields, or for none: then they are estimated",
                  "add agree and disagree to the others, or remove them"));
    }
    return fields;
  }

  private Optional<FieldComparator> comparator(YamlValue value) {
    Optional<String> written =
        value.isMap()
            ? reading.text(value, "by")
            : Optional.of(value).filter(YamlValue::isScalar).map(YamlValue::text);
    return written.flatMap(
        text ->
            Stream.of(FieldComparator.values())
                .filter(it -> it.keyword().equals(text))
                .findFirst());
  }

  private Optional<ComparedField.Weights> weights(YamlValue value) {
    if (!value.isMap() || value.get("agree").isEmpty() && value.get("disagree").isEmpty()) {
      return Optional.empty();
    }
    if (value.get("agree").isEmpty() || value.get("disagree").isEmpty()) {
      // The schema has said that the other one is missing.
      return Optional.empty();
    }
    return Optional.of(
        new ComparedField.Weights(
            reading.decimal(value, "agree", 1), reading.decimal(value, "disagree", -1)));
  }

  private void checkType(YamlValue place, String field, FieldComparator comparator) {
    LogicalType type = contract.field(field).orElseThrow().type();
    Set<LogicalTypeRoot> fitting =
        switch (comparator) {
          case NUMBER -> NUMBERS;
          case DATE -> DATES;
          default -> SCALARS;
        };
    if (!fitting.contains(type.getTypeRoot())) {
      reading.report(
          place.problem(
              "%s of \"%s\", which is %s"
                  .formatted(comparator.keyword(), field, type.copy(true).asSummaryString()),
              switch (comparator) {
                case NUMBER -> "a number, or a text that holds one";
                case DATE -> "a date, a time, or a text that holds one";
                default -> "a text, a number, a truth value, a date or a time";
              },
              "choose another comparison or another field"));
    }
  }

  private List<BlockingRule> blocks(YamlValue map, List<ComparedField> compare) {
    List<String> compared = compare.stream().map(ComparedField::name).toList();
    List<BlockingRule> rules = new ArrayList<>();
    for (YamlValue item : reading.scalars(map, "block")) {
      BlockingRule rule;
      try {
        rule = BlockingRule.parse(item.text());
      } catch (IllegalArgumentException malformed) {
        reading.report(
            item.problem(
                malformed.getMessage(),
                "fields, or "
                    + String.join(
                        ", ",
                        Arrays.stream(BlockingRule.Form.values())
                            .filter(it -> it != BlockingRule.Form.EXACT)
                            .map(BlockingRule.Form::keyword)
                            .toList())
                    + " of fields, joined by +",
                "for example soundex(surname) + prefix(postcode, 2)"));
        continue;
      }
      boolean usable = true;
      for (BlockingRule.Part part : rule.parts()) {
        usable &=
            FieldReferences.check(item, part.field(), contract, reading)
                && fits(item, part)
                && compared(item, part, compared);
      }
      if (usable) {
        rules.add(rule);
      }
    }
    return rules;
  }

  private boolean compared(YamlValue place, BlockingRule.Part part, List<String> compared) {
    // Without compare at all there is one problem, not one for each rule.
    if (compared.isEmpty() || compared.contains(part.field())) {
      return true;
    }
    reading.report(
        place.problem(
            "the field \"" + part.field() + "\", which is not compared",
            "one of " + String.join(", ", compared),
            "add it to compare"));
    return false;
  }

  private boolean fits(YamlValue place, BlockingRule.Part part) {
    LogicalType type = contract.field(part.field()).orElseThrow().type();
    Set<LogicalTypeRoot> fitting = part.form().isOfDate() ? DATES : SCALARS;
    if (fitting.contains(type.getTypeRoot())) {
      return true;
    }
    reading.report(
        place.problem(
            part + " of " + type.copy(true).asSummaryString(),
            part.form().isOfDate()
                ? "a date, a time, or a text that holds one"
                : "a text, a number, a truth value, a date or a time",
            "choose another field"));
    return false;
  }

  private static final Set<LogicalTypeRoot> NUMBERS =
      Set.of(
          LogicalTypeRoot.CHAR,
          LogicalTypeRoot.VARCHAR,
          LogicalTypeRoot.TINYINT,
          LogicalTypeRoot.SMALLINT,
          LogicalTypeRoot.INTEGER,
          LogicalTypeRoot.BIGINT,
          LogicalTypeRoot.FLOAT,
          LogicalTypeRoot.DOUBLE,
          LogicalTypeRoot.DECIMAL);

  /** Days are also written as numbers, such as 19370205. */
  private static final Set<LogicalTypeRoot> DATES =
      Set.of(
          LogicalTypeRoot.CHAR,
          LogicalTypeRoot.VARCHAR,
          LogicalTypeRoot.INTEGER,
          LogicalTypeRoot.BIGINT,
          LogicalTypeRoot.DATE,
          LogicalTypeRoot.TIMESTAMP_WITHOUT_TIME_ZONE,
          LogicalTypeRoot.TIMESTAMP_WITH_LOCAL_TIME_ZONE);

  private static final Set<LogicalTypeRoot> SCALARS =
      Set.of(
          LogicalTypeRoot.CHAR,
          LogicalTypeRoot.VARCHAR,
          LogicalTypeRoot.BOOLEAN,
          LogicalTypeRoot.TINYINT,
          LogicalTypeRoot.SMALLINT,
          LogicalTypeRoot.INTEGER,
          LogicalTypeRoot.BIGINT,
          LogicalTypeRoot.FLOAT,
          LogicalTypeRoot.DOUBLE,
          LogicalTypeRoot.DECIMAL,
          LogicalTypeRoot.DATE,
          LogicalTypeRoot.TIME_WITHOUT_TIME_ZONE,
          LogicalTypeRoot.TIMESTAMP_WITHOUT_TIME_ZONE,
          LogicalTypeRoot.TIMESTAMP_WITH_LOCAL_TIME_ZONE);
}
