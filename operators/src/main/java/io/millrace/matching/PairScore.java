package io.millrace.matching;

import io.millrace.inference.FieldEvidence;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.flink.table.types.logical.LogicalType;

/**
 * What speaks for and against one pair of fields, as numbers for {@link RenameModel}.
 *
 * @param name likeness of the names, 0 to 1
 * @param type fit of the types, 0 to 1
 * @param value likeness of the values times its weight, from -1 (other values) to 1 (same values)
 * @param nulls difference of the shares of nulls, 0 to 1
 * @param excluded the names say that it cannot be the same field
 */
record PairScore(
    double name, double type, double value, double nulls, boolean excluded, List<String> reasons) {

  static PairScore of(FieldCandidate from, FieldCandidate to, NameSimilarity names) {
    NameSimilarity.Score name = names.score(from.name(), to.name());
    Optional<LogicalType> fromType = from.type();
    Optional<LogicalType> toType = to.type();
    // Nothing but nulls fits everything a little.
    double type =
        fromType.isPresent() && toType.isPresent() ? TypeFit.of(fromType.get(), toType.get()) : 0.5;
    ValueFit values = ValueFit.of(from.evidence(), to.evidence());
    double value = (2 * values.likeness() - 1) * values.weight();
    List<String> reasons = new ArrayList<>();
    if (name.excluded()) {
      reasons.add("names exclude each other: " + name.reason());
    } else if (name.reason().isEmpty()) {
      reasons.add("names have no word in common");
    } else {
      reasons.add(
          (name.value() >= 0.5 ? "similar names: " : "names not much alike: ") + name.reason());
    }
    if (fromType.isPresent() && toType.isPresent()) {
      reasons.add(typeReason(type, fromType.get(), toType.get()));
    }
    if (!values.reason().isEmpty()) {
      reasons.add(values.reason());
    }
    return new PairScore(
        name.value(), type, value, nulls(from.evidence(), to.evidence()), name.excluded(), reasons);
  }

  private static String typeReason(double fit, LogicalType from, LogicalType to) {
    String types = from.copy(true).asSummaryString() + " and " + to.copy(true).asSummaryString();
    return fit == 1
        ? "types fit: " + types
        : fit > 0 ? "types can be converted: " + types : "types do not fit: " + types;
  }

  private static double nulls(FieldEvidence a, FieldEvidence b) {
    if (a.count() == 0 || b.count() == 0) {
      return 0;
    }
    return Math.abs((double) a.nulls() / a.count() - (double) b.nulls() / b.count());
  }
}
