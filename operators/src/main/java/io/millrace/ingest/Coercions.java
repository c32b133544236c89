package io.millrace.ingest;

import static io.millrace.pipeline.SchemaDrift.Coercion.ANY_TO_STRING;
import static io.millrace.pipeline.SchemaDrift.Coercion.BOOLEAN_NUMBERS;
import static io.millrace.pipeline.SchemaDrift.Coercion.BOOLEAN_STRINGS;
import static io.millrace.pipeline.SchemaDrift.Coercion.EPOCH_MICROS;
import static io.millrace.pipeline.SchemaDrift.Coercion.EPOCH_MILLIS;
import static io.millrace.pipeline.SchemaDrift.Coercion.EPOCH_SECONDS;
import static io.millrace.pipeline.SchemaDrift.Coercion.INTEGRAL_FLOATS;
import static io.millrace.pipeline.SchemaDrift.Coercion.ISO_TIMESTAMPS;
import static io.millrace.pipeline.SchemaDrift.Coercion.NUMERIC_STRINGS;
import static io.millrace.pipeline.SchemaDrift.Coercion.TRUNCATE_SUBSECONDS;

import com.fasterxml.jackson.core.JsonToken;
import io.millrace.pipeline.SchemaDrift.Coercion;
import java.math.BigDecimal;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.LogicalTypeRoot;
import org.apache.flink.table.types.logical.utils.LogicalTypeChecks;

/**
 * Recognises values that stand in another form than the contract's: which {@link Coercion}s it
 * takes to read them, and what they are then. Whether they may be read so is the pipeline's to say.
 *
 * <p>What is not unambiguous is not recognised: a number between two magnitudes of epoch times, a
 * whole number with a point that is not whole, a numeral with spaces.
 */
final class Coercions {

  /** As JSON writes numbers; that of a string may also have leading zeros and plus. */
  private static final Pattern NUMERAL =
      Pattern.compile("[+-]?[0-9]{1,40}(\\.[0-9]{1,40})?([eE][+-]?[0-9]{1,3})?");

  private static final long DAY_MILLIS = 86_400_000;

  private Coercions() {}

  /**
   * A value in the form of its slot.
   *
   * @param needed the coercions without which it cannot be read so
   */
  record Coerced(Object value, Set<Coercion> needed) {

    /** The end of a message. */
    String hint() {
      return "; schema_drift could take it with coerce: "
          + needed.stream().map(Coercion::keyword).collect(Collectors.joining(", ", "[", "]"));
    }
  }

  /**
   * Reads a value that is not of the site's type as it stands.
   *
   * @param allowed those that the pipeline allows; they decide only what a number is that could be
   *     seconds or milliseconds
   */
  static Optional<Coerced> read(JsonFound found, JsonSite site, Set<Coercion> allowed) {
    Set<Coercion> needed = EnumSet.noneOf(Coercion.class);
    Object value =
        switch (site.type().getTypeRoot()) {
          case TINYINT, SMALLINT, INTEGER, BIGINT -> integer(found, site, needed);
          case FLOAT, DOUBLE -> real(found, site, needed);
          case BOOLEAN -> bool(found, needed);
          case DATE -> date(found, needed);
          case TIMESTAMP_WITHOUT_TIME_ZONE -> timestamp(found, site.type(), needed);
          case TIMESTAMP_WITH_LOCAL_TIME_ZONE ->
              isMillisAnyway(found, allowed)
                  ? millis(found, needed)
                  : timestamp(found, site.type(), needed);
          case TIME_WITHOUT_TIME_ZONE -> timeOfDay(found, site.type(), needed);
          case CHAR, VARCHAR -> text(found, site.type(), needed);
          default -> null;
        };
    return value == null || needed.isEmpty()
        ? Optional.empty()
        : Optional.of(new Coerced(value, needed));
  }

  /**
   * Widens a value into a slot that is wider than the contract's type, or into the contract's type
   * from a narrower one; null where that is not so.
   */
  static Object intoSlot(JsonFound found, JsonSite site) {
    LogicalTypeRoot slot = site.slot().getTypeRoot();
    if (slot == LogicalTypeRoot.BIGINT && found.token() == JsonToken.VALUE_NUMBER_INT) {
      return whole(found.text(), Long.MIN_VALUE, Long.MAX_VALUE);
    }
    if (slot == LogicalTypeRoot.DOUBLE && found.isNumber()) {
      double value = Double.parseDouble(found.text());
      return Double.isInfinite(value) ? null : (Object) value;
    }
    if (slot == LogicalTypeRoot.VARCHAR
        && found.isString()
        && Widening.holds(site.slot(), found.type())) {
      return StringData.fromString(found.text());
    }
    if (slot == LogicalTypeRoot.TIMESTAMP_WITHOUT_TIME_ZONE
        && found.type() != null
        && found.type().is(LogicalTypeRoot.DATE)) {
      return IsoTimes.anyForm(found.text()).timestamp();
    }
    return null;
  }

  private static Object integer(JsonFound found, JsonSite site, Set<Coercion> needed) {
    String text = numeral(found, needed);
    if (text == null) {
      return null;
    }
    if (text.indexOf('.') >= 0 || text.indexOf('e') >= 0 || text.indexOf('E') >= 0) {
      needed.add(INTEGRAL_FLOATS);
    }
    // Of the contract's type, or where types evolve of the slot's.
    return switch (site.slot().getTypeRoot()) {
      case TINYINT -> narrow(whole(text, Byte.MIN_VALUE, Byte.MAX_VALUE), Long::byteValue);
      case SMALLINT -> narrow(whole(text, Short.MIN_VALUE, Short.MAX_VALUE), Long::shortValue);
      case INTEGER -> narrow(whole(text, Integer.MIN_VALUE, Integer.MAX_VALUE), Long::intValue);
      default -> whole(text, Long.MIN_VALUE, Long.MAX_VALUE);
    };
  }

  private static Object narrow(Long value, Function<Long, Object> conversion) {
    return value == null ? null : conversion.apply(value);
  }

  private static Object real(JsonFound found, JsonSite site, Set<Coercion> needed) {
    String text = found.isString() ? numeral(found, needed) : null;
    if (text == null) {
      return null;
    }
    double value = Double.parseDouble(text);
    if (site.slot().is(LogicalTypeRoot.FLOAT)) {
      float single = Float.parseFloat(text);
      return Float.isInfinite(single) ? null : (Object) single;
    }
    return Double.isInfinite(value) ? null : (Object) value;
  }

  private static Object bool(JsonFound found, Set<Coercion> needed) {
    if (found.isString()) {
      String text = found.text().toLowerCase(Locale.ROOT);
      if (text.equals("true") || text.equals("false")) {
        needed.add(BOOLEAN_STRINGS);
        return text.equals("true");
      }
    }
    String number = numeral(found, needed);
    if (number == null || !(number.equals("0") || number.equals("1"))) {
      return null;
    }
    needed.add(BOOLEAN_NUMBERS);
    return number.equals("1");
  }

  private static Object date(JsonFound found, Set<Coercion> needed) {
    IsoTimes.Reading time = found.isString() ? IsoTimes.anyForm(found.text()) : null;
    TimestampData moment = time == null ? epoch(found, needed) : time.timestamp();
    if (moment == null
        || moment.getNanoOfMillisecond() != 0
        || Math.floorMod(moment.getMillisecond(), DAY_MILLIS) != 0) {
      return null;
    }
    if (time != null) {
      needed.add(ISO_TIMESTAMPS);
    }
    return (int) Math.floorDiv(moment.getMillisecond(), DAY_MILLIS);
  }

  private static Object timestamp(JsonFound found, LogicalType type, Set<Coercion> needed) {
    boolean zoned = type.is(LogicalTypeRoot.TIMESTAMP_WITH_LOCAL_TIME_ZONE);
    IsoTimes.Reading time = found.isString() ? IsoTimes.anyForm(found.text()) : null;
    TimestampData moment;
    if (time != null) {
      if (time.isZoned() != zoned && (zoned || time.hasTimeOfDay())) {
        needed.add(ISO_TIMESTAMPS);
      }
      moment = time.timestamp();
    } else {
      moment = epoch(found, needed);
    }
    return moment == null ? null : truncated(moment, type, needed);
  }

  /** A moment may be milliseconds anyway: where the pipeline says so, any number is. */
  private static boolean isMillisAnyway(JsonFound found, Set<Coercion> allowed) {
    return found.token() == JsonToken.VALUE_NUMBER_INT
        && allowed.contains(EPOCH_MILLIS)
        && !allowed.contains(EPOCH_SECONDS);
  }

  private static Object millis(JsonFound found, Set<Coercion> needed) {
    needed.add(EPOCH_MILLIS);
    Long number = whole(found.text(), Long.MIN_VALUE, Long.MAX_VALUE);
    return number != null && IsoTimes.looksLikeSeconds(number)
        ? TimestampData.fromEpochMillis(number)
        : null;
  }

  /** Times by the magnitude of the number: from the year 1973 up to 2286, each unit its own. */
  private static TimestampData epoch(JsonFound found, Set<Coercion> needed) {
    String text = numeral(found, needed);
    Long number = text == null ? null : whole(text, Long.MIN_VALUE, Long.MAX_VALUE);
    if (number == null || text.indexOf('.') >= 0) {
      return null;
    }
    if (IsoTimes.looksLikeSeconds(number)) {
      needed.add(EPOCH_SECONDS);
      return TimestampData.fromEpochMillis(number * 1_000);
    }
    if (number >= 100_000_000_000L && number < 10_000_000_000_000L) {
      needed.add(EPOCH_MILLIS);
      return TimestampData.fromEpochMillis(number);
    }
    if (number >= 100_000_000_000_000L && number < 10_000_000_000_000_000L) {
      needed.add(EPOCH_MICROS);
      return TimestampData.fromEpochMillis(
          Math.floorDiv(number, 1_000L), (int) Math.floorMod(number, 1_000L) * 1_000);
    }
    return null;
  }

  private static TimestampData truncated(
      TimestampData moment, LogicalType type, Set<Coercion> needed) {
    TimestampData cut = IsoTimes.truncate(moment, LogicalTypeChecks.getPrecision(type));
    if (!cut.equals(moment)) {
      needed.add(TRUNCATE_SUBSECONDS);
    }
    return cut;
  }

  private static Object timeOfDay(JsonFound found, LogicalType type, Set<Coercion> needed) {
    Integer millis =
        found.isString()
            ? IsoTimes.truncatedTime(found.text(), LogicalTypeChecks.getPrecision(type))
            : null;
    if (millis != null) {
      needed.add(TRUNCATE_SUBSECONDS);
    }
    return millis;
  }

  private static Object text(JsonFound found, LogicalType type, Set<Coercion> needed) {
    if (found.isString()) {
      return null;
    }
    StringData json = found.json();
    needed.add(ANY_TO_STRING);
    return json.toString().length() <= LogicalTypeChecks.getLength(type) ? json : null;
  }

  /** The numeral of a number, or of a string that is nothing else. */
  private static String numeral(JsonFound found, Set<Coercion> needed) {
    if (found.isNumber()) {
      return found.text();
    }
    if (!found.isString() || !NUMERAL.matcher(found.text()).matches()) {
      return null;
    }
    needed.add(NUMERIC_STRINGS);
    return found.text();
  }

  /** Null if it is not whole or out of range, both bounds inclusive. */
  private static Long whole(String text, long lowest, long highest) {
    BigDecimal value = new BigDecimal(text);
    // Compared before anything is rescaled: 1e999999999 would not fit into memory.
    if (value.signum() != 0 && (long) value.precision() - value.scale() > 19) {
      return null;
    }
    try {
      long whole = value.longValueExact();
      return whole < lowest || whole > highest ? null : (Long) whole;
    } catch (ArithmeticException e) {
      return null;
    }
  }
}
