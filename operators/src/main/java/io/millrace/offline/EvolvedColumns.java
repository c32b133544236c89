package io.millrace.offline;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.millrace.contract.ContractVersion;
import io.millrace.contract.VersionedField;
import io.millrace.ingest.DecodingException;
import io.millrace.ingest.IsoTimes;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.types.logical.BigIntType;
import org.apache.flink.table.types.logical.BooleanType;
import org.apache.flink.table.types.logical.DateType;
import org.apache.flink.table.types.logical.DecimalType;
import org.apache.flink.table.types.logical.DoubleType;
import org.apache.flink.table.types.logical.LocalZonedTimestampType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.TimestampType;
import org.apache.flink.table.types.logical.VarCharType;
import org.apache.flink.table.types.logical.utils.LogicalTypeParser;

/**
 * Columns for fields that a contract learned while its pipeline ran. Their values travel in {@code
 * _evolved} as JSON text and stay there; a column of their own makes them easy to query.
 *
 * <p>A column has the widest type of its kind, so that most later widenings need no other: BIGINT
 * for integers, DOUBLE, DECIMAL(38, s). Fields inside of objects, objects, arrays and bytes have no
 * column, nor have names that differ from another column's in case only.
 *
 * @param columns in the order of the contract's version
 */
public record EvolvedColumns(List<Column> columns) {

  /** No columns. */
  public static final EvolvedColumns NONE = new EvolvedColumns(List.of());

  private static final int MAX_DIGITS = 38;
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

  /**
   * A column.
   *
   * @param name of field and column
   */
  public record Column(String name, LogicalType type) {}

  public EvolvedColumns {
    columns = List.copyOf(columns);
  }

  /**
   * The columns of a version.
   *
   * @param layout of the table, whose names are taken
   */
  public static EvolvedColumns of(ContractVersion version, TableLayout layout) {
    Set<String> taken = new HashSet<>();
    layout.columns().getFieldNames().forEach(name -> taken.add(name.toLowerCase(Locale.ROOT)));
    List<Column> columns = new ArrayList<>();
    for (VersionedField field : version.evolved()) {
      Optional<LogicalType> type = widest(field.type());
      if (field.isActive()
          && type.isPresent()
          && field.name().indexOf('.') < 0
          && taken.add(field.name().toLowerCase(Locale.ROOT))) {
        columns.add(new Column(field.name(), type.get()));
      }
    }
    return new EvolvedColumns(columns);
  }

  private static Optional<LogicalType> widest(LogicalType type) {
    return Optional.ofNullable(
        switch (type.getTypeRoot()) {
          case TINYINT, SMALLINT, INTEGER, BIGINT -> new BigIntType();
          case FLOAT, DOUBLE -> new DoubleType();
          case DECIMAL -> new DecimalType(MAX_DIGITS, ((DecimalType) type).getScale());
          case CHAR, VARCHAR -> new VarCharType(VarCharType.MAX_LENGTH);
          case BOOLEAN -> new BooleanType();
          case DATE -> new DateType();
          case TIMESTAMP_WITHOUT_TIME_ZONE -> new TimestampType(6);
          case TIMESTAMP_WITH_LOCAL_TIME_ZONE -> new LocalZonedTimestampType(6);
          default -> null;
        });
  }

  /** As one text, empty when there are none; {@link #parse} reads it. */
  public String text() {
    if (columns.isEmpty()) {
      return "";
    }
    ArrayNode array = JSON.createArrayNode();
    columns.forEach(
        column -> array.addArray().add(column.name()).add(column.type().asSerializableString()));
    return array.toString();
  }

  /** Reads what {@link #text} wrote. */
  public static EvolvedColumns parse(String text) {
    if (text.isEmpty()) {
      return NONE;
    }
    List<Column> columns = new ArrayList<>();
    for (JsonNode column : read(text)) {
      columns.add(
          new Column(
              column.get(0).asText(),
              LogicalTypeParser.parse(
                  column.get(1).asText(), EvolvedColumns.class.getClassLoader())));
    }
    return new EvolvedColumns(columns);
  }

  private static JsonNode read(String json) {
    try {
      return JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("no JSON: " + e.getOriginalMessage(), e);
    }
  }

  /**
   * The value of a column in Flink's internal form.
   *
   * @param json text of the value, as {@code _evolved} holds it
   * @return null if it is null, or no value of the column's type: then it is in {@code _evolved}
   *     only
   */
  public static Object value(LogicalType type, String json) {
    try {
      return value(type, read(json));
    } catch (ArithmeticException | IllegalArgumentException | DecodingException other) {
      return null;
    }
  }

  private static Object value(LogicalType type, JsonNode json) {
    boolean number = json.isNumber();
    boolean text = json.isTextual();
    return switch (type.getTypeRoot()) {
      case BIGINT -> number ? (Object) json.decimalValue().longValueExact() : null;
      case INTEGER -> number ? (Object) json.decimalValue().intValueExact() : null;
      case DOUBLE -> number ? (Object) json.doubleValue() : null;
      case DECIMAL -> number ? decimal((DecimalType) type, json.decimalValue()) : null;
      case VARCHAR -> text ? StringData.fromString(json.textValue()) : null;
      case BOOLEAN -> json.isBoolean() ? json.booleanValue() : null;
      case DATE -> text ? (Object) IsoTimes.date(json.textValue()) : null;
      case TIMESTAMP_WITHOUT_TIME_ZONE -> text ? IsoTimes.local(json.textValue(), 6) : null;
      case TIMESTAMP_WITH_LOCAL_TIME_ZONE -> text ? IsoTimes.instant(json.textValue(), 6) : null;
      default -> null;
    };
  }

  private static DecimalData decimal(DecimalType type, BigDecimal value) {
    return DecimalData.fromBigDecimal(
        value.setScale(type.getScale()), type.getPrecision(), type.getScale());
  }
}
