package io.millrace.contract;

import io.millrace.contract.QualityRule.Length;
import io.millrace.contract.QualityRule.Matches;
import io.millrace.contract.QualityRule.Range;
import io.millrace.document.Problem;
import io.millrace.document.YamlValue;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.LogicalTypeFamily;
import org.apache.flink.table.types.logical.LogicalTypeRoot;

/**
 * Reads the checks among a property's {@code logicalTypeOptions}: {@code minimum}, {@code maximum},
 * {@code exclusiveMinimum}, {@code exclusiveMaximum}, {@code minLength}, {@code maxLength} and
 * {@code pattern}. Every record must keep them.
 */
final class QualityOptions {

  private final Consumer<Problem> problems;

  QualityOptions(Consumer<Problem> problems) {
    this.problems = problems;
  }

  /**
   * @param checks receives the kind of a check, which names its rule, and the check
   */
  void read(YamlValue options, LogicalType type, BiConsumer<String, QualityRule.Check> checks) {
    range(options, type).ifPresent(range -> checks.accept("range", range));
    length(options, type).ifPresent(length -> checks.accept("length", length));
    options
        .get("pattern")
        .flatMap(pattern -> pattern(pattern, type))
        .ifPresent(pattern -> checks.accept("pattern", pattern));
  }

  /** A pattern, if the field is a text and the pattern is one. */
  Optional<Matches> pattern(YamlValue pattern, LogicalType type) {
    if (!isText(type)) {
      problems.accept(wrongType(pattern, "a pattern", type, "a string"));
      return Optional.empty();
    }
    try {
      com.google.re2j.Pattern.compile(pattern.text());
      return Optional.of(new Matches(pattern.text()));
    } catch (com.google.re2j.PatternSyntaxException broken) {
      problems.accept(
          pattern.problem(
              pattern.describe() + ", which is no pattern: " + broken.getDescription(),
              "a regular expression in RE2's syntax",
              "back references and look-around are left out there, so that no value can make a"
                  + " match slow; an SQL rule can do more"));
      return Optional.empty();
    }
  }

  private Optional<Range> range(YamlValue options, LogicalType type) {
    Optional<Limit> least = limit(options, "minimum", "exclusiveMinimum", type);
    Optional<Limit> most = limit(options, "maximum", "exclusiveMaximum", type);
    if (least.isEmpty() && most.isEmpty()) {
      return Optional.empty();
    }
    if (least.isPresent()
        && most.isPresent()
        && least.get().value.compareTo(most.get().value) > 0) {
      problems.accept(
          most.get()
              .place
              .problem(
                  "a maximum of " + most.get().text + " below the minimum of " + least.get().text,
                  "a maximum not below the minimum",
                  "exchange the two"));
      return Optional.empty();
    }
    String text =
        least.map(it -> (it.excluded ? "> " : ">= ") + it.text).orElse("")
            + (least.isPresent() && most.isPresent() ? " and " : "")
            + most.map(it -> (it.excluded ? "< " : "<= ") + it.text).orElse("");
    return Optional.of(
        new Range(
            least.map(Limit::value).orElse(null),
            least.map(Limit::excluded).orElse(false),
            most.map(Limit::value).orElse(null),
            most.map(Limit::excluded).orElse(false),
            text));
  }

  private record Limit(BigDecimal value, boolean excluded, String text, YamlValue place) {}

  /** Releases of the standard differ: an exclusive limit is a value, or a flag beside the other. */
  private Optional<Limit> limit(
      YamlValue options, String inclusive, String exclusive, LogicalType type) {
    Optional<YamlValue> other = options.get(exclusive);
    boolean flag = other.filter(it -> it.kind() == YamlValue.Kind.BOOLEAN).isPresent();
    if (other.isPresent() && !flag) {
      return limit(other.get(), true, type);
    }
    boolean excluded = flag && other.get().text().equalsIgnoreCase("true");
    return options.get(inclusive).flatMap(it -> limit(it, excluded, type));
  }

  private Optional<Limit> limit(YamlValue written, boolean excluded, LogicalType type) {
    if (!type.is(LogicalTypeFamily.NUMERIC)
        && !type.isAnyOf(
            LogicalTypeRoot.DATE,
            LogicalTypeRoot.TIMESTAMP_WITHOUT_TIME_ZONE,
            LogicalTypeRoot.TIMESTAMP_WITH_LOCAL_TIME_ZONE)) {
      problems.accept(wrongType(written, "a limit", type, "a number, date or timestamp"));
      return Optional.empty();
    }
    try {
      return Optional.of(new Limit(value(written.text(), type), excluded, written.text(), written));
    } catch (NumberFormatException | DateTimeException broken) {
      problems.accept(
          written.problem(
              written.describe(),
              type.is(LogicalTypeFamily.NUMERIC)
                  ? "a number"
                  : "a date or timestamp such as 2013-01-01 or 2013-01-01T10:15:00Z",
              "correct it"));
      return Optional.empty();
    }
  }

  private static BigDecimal value(String text, LogicalType type) {
    if (type.is(LogicalTypeFamily.NUMERIC)) {
      return new BigDecimal(text);
    }
    if (text.length() == 10) {
      long day = LocalDate.parse(text).toEpochDay();
      return BigDecimal.valueOf(type.is(LogicalTypeRoot.DATE) ? day : day * 86_400);
    }
    if (type.is(LogicalTypeRoot.DATE)) {
      throw new DateTimeException("a date has no time");
    }
    Instant instant =
        type.is(LogicalTypeRoot.TIMESTAMP_WITHOUT_TIME_ZONE)
            ? LocalDateTime.parse(text).toInstant(ZoneOffset.UTC)
            : OffsetDateTime.parse(text).toInstant();
    return BigDecimal.valueOf(instant.getEpochSecond())
        .add(BigDecimal.valueOf(instant.getNano(), 9));
  }

  private Optional<Length> length(YamlValue options, LogicalType type) {
    Optional<YamlValue> least = options.get("minLength");
    Optional<YamlValue> most = options.get("maxLength");
    if (least.isEmpty() && most.isEmpty()) {
      return Optional.empty();
    }
    if (!isText(type)) {
      problems.accept(wrongType(least.or(() -> most).get(), "a length", type, "a string"));
      return Optional.empty();
    }
    int from = least.map(it -> count(it, 0)).orElse(0);
    int to = most.map(it -> count(it, Integer.MAX_VALUE)).orElse(Integer.MAX_VALUE);
    if (from > to) {
      problems.accept(
          most.get()
              .problem(
                  "a maxLength of " + to + " below the minLength of " + from,
                  "a maxLength not below the minLength",
                  "exchange the two"));
      return Optional.empty();
    }
    return Optional.of(new Length(from, to));
  }

  private int count(YamlValue written, int otherwise) {
    if (written.text().matches("[0-9]{1,9}")) {
      return Integer.parseInt(written.text());
    }
    problems.accept(written.problem(written.describe(), "a number of characters", "correct it"));
    return otherwise;
  }

  static boolean isText(LogicalType type) {
    return type.is(LogicalTypeFamily.CHARACTER_STRING);
  }

  static Problem wrongType(YamlValue place, String what, LogicalType type, String right) {
    return place.problem(
        what + " for a field of type " + type.copy(true).asSummaryString(),
        what + " for " + right,
        "remove it, or correct the field's type");
  }
}
