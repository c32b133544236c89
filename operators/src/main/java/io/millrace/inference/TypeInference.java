package io.millrace.inference;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.BigIntType;
import org.apache.flink.table.types.logical.BooleanType;
import org.apache.flink.table.types.logical.DateType;
import org.apache.flink.table.types.logical.DecimalType;
import org.apache.flink.table.types.logical.DoubleType;
import org.apache.flink.table.types.logical.LocalZonedTimestampType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.TimeType;
import org.apache.flink.table.types.logical.TimestampType;
import org.apache.flink.table.types.logical.VarCharType;

/**
 * Chooses the type for counted values: the one that most of them fit, and of those that the same
 * number fits the narrowest. Types are those that a contract can have and the JSON decoder reads.
 *
 * <ul>
 *   <li>Whole numbers are BIGINT, never narrower: what came so far says nothing about the largest
 *       to come. Beyond 64 bits they are DECIMAL.
 *   <li>Numbers with a fraction are DOUBLE, unless their digits show that the producer keeps a
 *       decimal: the same number of digits after the point every time, trailing zeros among them.
 *   <li>Dates, times and timestamps in strings are what they say; a timestamp's precision is
 *       milliseconds, or microseconds or nanoseconds where digits beyond were seen.
 *   <li>Numbers and truth values in strings stay strings, and the note says so.
 *   <li>Arrays and objects are typed down to {@link FieldProfile#MAX_DEPTH} levels; what lies
 *       deeper, is empty, or has too many properties has no type of its own.
 * </ul>
 */
public final class TypeInference {
  private static final int MAX_PROPERTIES = 32;

  private TypeInference() {}

  /**
   * The type of a value.
   *
   * @param types counts by path, see {@link FieldEvidence#types}
   * @return empty when only nulls came, or when no contract type holds what came
   */
  public static Optional<InferredType> infer(Map<String, TypeCounts> types) {
    TypeCounts top = types.getOrDefault("", TypeCounts.none());
    if (top.present() == 0) {
      return Optional.empty();
    }
    Candidate best = best(top);
    return typeOf(best, top, "", types)
        .map(
            type ->
                new InferredType(
                    type.copy(true),
                    (best.fitting + 1.0) / (top.present() + 2.0),
                    top.of(ValueKind.NULL) > 0,
                    note(best, top)));
  }

  private enum Form {
    BOOLEAN,
    BIGINT,
    DECIMAL,
    DOUBLE,
    DATE,
    TIME,
    TIMESTAMP,
    TIMESTAMP_LTZ,
    STRING,
    ARRAY,
    ROW
  }

  private record Candidate(Form form, long fitting) {}

  private static Candidate best(TypeCounts seen) {
    long whole = seen.of(ValueKind.INTEGER);
    long exact = whole + seen.of(ValueKind.BIG_INTEGER) + seen.of(ValueKind.DECIMAL);
    long text = 0;
    for (ValueKind kind : ValueKind.values()) {
      text += kind.isText() ? seen.of(kind) : 0;
    }
    List<Candidate> narrowFirst = new ArrayList<>();
    narrowFirst.add(new Candidate(Form.BOOLEAN, seen.of(ValueKind.BOOLEAN)));
    narrowFirst.add(new Candidate(Form.BIGINT, whole));
    if (isDecimal(seen)) {
      narrowFirst.add(new Candidate(Form.DECIMAL, exact));
    }
    narrowFirst.add(new Candidate(Form.DOUBLE, exact + seen.of(ValueKind.FLOAT)));
    narrowFirst.add(new Candidate(Form.DATE, seen.of(ValueKind.DATE)));
    narrowFirst.add(new Candidate(Form.TIME, seen.of(ValueKind.TIME)));
    narrowFirst.add(new Candidate(Form.TIMESTAMP, seen.of(ValueKind.LOCAL_TIMESTAMP)));
    narrowFirst.add(new Candidate(Form.TIMESTAMP_LTZ, seen.of(ValueKind.ZONED_TIMESTAMP)));
    narrowFirst.add(new Candidate(Form.STRING, text));
    narrowFirst.add(new Candidate(Form.ARRAY, seen.of(ValueKind.ARRAY)));
    narrowFirst.add(new Candidate(Form.ROW, seen.of(ValueKind.OBJECT)));
    Candidate best = narrowFirst.get(0);
    for (Candidate candidate : narrowFirst) {
      if (candidate.fitting > best.fitting) {
        best = candidate;
      }
    }
    return best;
  }

  private static boolean isDecimal(TypeCounts seen) {
    if (seen.integerDigits() + seen.scale() > DecimalType.MAX_PRECISION) {
      return false;
    }
    return seen.of(ValueKind.DECIMAL) == 0
        ? seen.of(ValueKind.BIG_INTEGER) > 0
        : seen.evenScale() > 0 && seen.trailingZeros() > 0;
  }

  private static Optional<LogicalType> typeOf(
      Candidate candidate, TypeCounts seen, String path, Map<String, TypeCounts> types) {
    return switch (candidate.form) {
      case BOOLEAN -> Optional.of(new BooleanType());
      case BIGINT -> Optional.of(new BigIntType());
      case DECIMAL -> Optional.of(new DecimalType(precision(seen), seen.scale()));
      case DOUBLE -> Optional.of(new DoubleType());
      case DATE -> Optional.of(new DateType());
      case TIME -> Optional.of(new TimeType(3));
      case TIMESTAMP -> Optional.of(new TimestampType(timestampPrecision(seen)));
      case TIMESTAMP_LTZ -> Optional.of(new LocalZonedTimestampType(timestampPrecision(seen)));
      case STRING -> Optional.of(VarCharType.STRING_TYPE);
      case ARRAY -> child(Paths.element(path), types).map(ArrayType::new);
      case ROW -> row(path, types);
    };
  }

  /** Room for a thousand times the greatest number seen. */
  private static int precision(TypeCounts seen) {
    return Math.min(DecimalType.MAX_PRECISION, seen.integerDigits() + 3 + seen.scale());
  }

  private static int timestampPrecision(TypeCounts seen) {
    return seen.subsecondDigits() <= 3 ? 3 : seen.subsecondDigits() <= 6 ? 6 : 9;
  }

  private static Optional<LogicalType> child(String path, Map<String, TypeCounts> types) {
    TypeCounts seen = types.getOrDefault(path, TypeCounts.none());
    if (seen.present() == 0) {
      return Optional.empty();
    }
    return typeOf(best(seen), seen, path, types);
  }

  private static Optional<LogicalType> row(String path, Map<String, TypeCounts> types) {
    List<RowType.RowField> fields = new ArrayList<>();
    for (String child : types.keySet().stream().sorted().toList()) {
      Optional<String> name = Paths.propertyOf(child, path);
      if (name.isPresent()) {
        Optional<LogicalType> type = child(child, types);
        if (type.isEmpty()) {
          return Optional.empty();
        }
        fields.add(new RowType.RowField(name.get(), type.get()));
      }
    }
    return fields.isEmpty() || fields.size() > MAX_PROPERTIES
        ? Optional.empty()
        : Optional.of(new RowType(fields));
  }

  private static String note(Candidate best, TypeCounts seen) {
    long present = seen.present();
    if (best.form == Form.STRING && seen.of(ValueKind.NUMERIC_TEXT) == present) {
      return "every value is a number in a string";
    }
    if (best.form == Form.STRING && seen.of(ValueKind.BOOLEAN_TEXT) == present) {
      return "every value is true or false in a string";
    }
    if (best.form == Form.BIGINT) {
      if (seen.epochMillis() == present) {
        return "every value could be a time in milliseconds since 1970";
      }
      if (seen.epochSeconds() == present) {
        return "every value could be a time in seconds since 1970";
      }
      if (seen.epochMicros() == present) {
        return "every value could be a time in microseconds since 1970";
      }
    }
    long others = present - best.fitting;
    return others == 0 ? "" : others + " of " + present + " values are of another type";
  }
}
