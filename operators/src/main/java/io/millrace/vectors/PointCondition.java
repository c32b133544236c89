package io.millrace.vectors;

import static io.qdrant.client.ConditionFactory.datetimeRange;
import static io.qdrant.client.ConditionFactory.filter;
import static io.qdrant.client.ConditionFactory.match;
import static io.qdrant.client.ConditionFactory.matchKeyword;
import static io.qdrant.client.ConditionFactory.range;

import com.google.protobuf.Timestamp;
import io.qdrant.client.grpc.Common.Condition;
import io.qdrant.client.grpc.Common.DatetimeRange;
import io.qdrant.client.grpc.Common.Filter;
import io.qdrant.client.grpc.Common.Range;
import java.io.Serializable;
import java.time.Instant;
import java.util.List;

/** A condition that Qdrant checks on the payload of a point. */
public sealed interface PointCondition extends Serializable {

  /** Which of two values a comparison takes. */
  enum Comparison {
    LESS,
    AT_MOST,
    GREATER,
    AT_LEAST
  }

  /**
   * The field is there and equals the value.
   *
   * @param value a String, Long, Double, Boolean or Instant
   */
  record Equal(String field, Serializable value) implements PointCondition {}

  /**
   * The field is there and compares so to the value.
   *
   * @param value a Double, for numbers of any type, or an Instant
   */
  record Compared(String field, Comparison comparison, Serializable value)
      implements PointCondition {}

  /** At least one of these. */
  record Any(List<PointCondition> conditions) implements PointCondition {
    public Any {
      conditions = List.copyOf(conditions);
    }
  }

  /** All of these. */
  record All(List<PointCondition> conditions) implements PointCondition {
    public All {
      conditions = List.copyOf(conditions);
    }
  }

  /** The conditions as a filter; none let every point pass. */
  static Filter filterOf(List<PointCondition> all) {
    Filter.Builder filter = Filter.newBuilder();
    all.forEach(each -> filter.addMust(condition(each)));
    return filter.build();
  }

  private static Condition condition(PointCondition condition) {
    if (condition instanceof Equal equal) {
      return equal(equal);
    }
    if (condition instanceof Compared compared) {
      return compared(compared);
    }
    Filter.Builder filter = Filter.newBuilder();
    if (condition instanceof Any any) {
      any.conditions().forEach(each -> filter.addShould(condition(each)));
    } else {
      ((All) condition).conditions().forEach(each -> filter.addMust(condition(each)));
    }
    return filter(filter.build());
  }

  private static Condition equal(Equal equal) {
    if (equal.value() instanceof String text) {
      return matchKeyword(equal.field(), text);
    }
    if (equal.value() instanceof Boolean flag) {
      return match(equal.field(), flag);
    }
    if (equal.value() instanceof Instant instant) {
      Timestamp at = timestamp(instant);
      return datetimeRange(equal.field(), DatetimeRange.newBuilder().setGte(at).setLte(at).build());
    }
    if (equal.value() instanceof Double number) {
      return range(equal.field(), Range.newBuilder().setGte(number).setLte(number).build());
    }
    return match(equal.field(), (Long) equal.value());
  }

  private static Condition compared(Compared compared) {
    if (compared.value() instanceof Instant instant) {
      Timestamp at = timestamp(instant);
      DatetimeRange.Builder range = DatetimeRange.newBuilder();
      switch (compared.comparison()) {
        case LESS -> range.setLt(at);
        case AT_MOST -> range.setLte(at);
        case GREATER -> range.setGt(at);
        case AT_LEAST -> range.setGte(at);
      }
      return datetimeRange(compared.field(), range.build());
    }
    double value = (Double) compared.value();
    Range.Builder range = Range.newBuilder();
    switch (compared.comparison()) {
      case LESS -> range.setLt(value);
      case AT_MOST -> range.setLte(value);
      case GREATER -> range.setGt(value);
      case AT_LEAST -> range.setGte(value);
    }
    return range(compared.field(), range.build());
  }

  private static Timestamp timestamp(Instant instant) {
    return Timestamp.newBuilder()
        .setSeconds(instant.getEpochSecond())
        .setNanos(instant.getNano())
        .build();
  }
}
