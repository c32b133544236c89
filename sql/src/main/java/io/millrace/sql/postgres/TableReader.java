package io.millrace.sql.postgres;

import io.millrace.pipeline.PostgresOrigin;
import io.millrace.sql.topics.RowMask;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.util.Properties;
import java.util.stream.Collectors;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichFlatMapFunction;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.logical.DecimalType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.util.Collector;

/**
 * Reads all rows of a table in one transaction, for each element that comes: {@value #FETCHED} rows
 * at a time, so that memory does not grow with the table. Keeps nothing in the database.
 */
final class TableReader extends RichFlatMapFunction<Integer, RowData> {
  private static final long serialVersionUID = 1L;
  private static final int FETCHED = 1000;
  private static final int PATIENCE_SECONDS = 10;

  /** Prefix of the source's properties that are meant for the driver. */
  private static final String DRIVER_PREFIX = "database.";

  private final PostgresOrigin origin;
  private final RowType type;
  private final RowMask mask;
  private transient Connection connection;

  TableReader(PostgresOrigin origin, RowType type, RowMask mask) {
    this.origin = origin;
    this.type = type;
    this.mask = mask;
  }

  @Override
  public void open(OpenContext context) throws SQLException {
    Properties properties = new Properties();
    origin
        .properties()
        .forEach(
            (name, value) -> {
              if (name.startsWith(DRIVER_PREFIX)) {
                properties.setProperty(name.substring(DRIVER_PREFIX.length()), value.value());
              }
            });
    properties.setProperty("user", origin.username());
    properties.setProperty("password", origin.password().value());
    properties.setProperty("connectTimeout", Integer.toString(PATIENCE_SECONDS));
    properties.setProperty("ApplicationName", "millrace-sql");
    properties.setProperty("readOnly", "true");
    String url =
        "jdbc:postgresql://" + origin.host() + ":" + origin.port() + "/" + origin.database();
    try {
      connection = new org.postgresql.Driver().connect(url, properties);
    } catch (SQLException refused) {
      throw new SQLException(
          "Postgres at %s:%d does not let %s read %s.%s: %s; check that it runs, and the source in its pipeline file"
              .formatted(
                  origin.host(),
                  origin.port(),
                  origin.username(),
                  origin.schema(),
                  origin.table(),
                  refused.getMessage()),
          refused);
    }
  }

  @Override
  public void flatMap(Integer once, Collector<RowData> out) throws SQLException {
    connection.setAutoCommit(false);
    String columns =
        type.getFieldNames().stream().map(TableReader::quoted).collect(Collectors.joining(", "));
    try (Statement statement = connection.createStatement()) {
      statement.setFetchSize(FETCHED);
      try (ResultSet rows =
          statement.executeQuery(
              "SELECT "
                  + columns
                  + " FROM "
                  + quoted(origin.schema())
                  + "."
                  + quoted(origin.table()))) {
        while (rows.next()) {
          GenericRowData row = new GenericRowData(type.getFieldCount());
          for (int i = 0; i < row.getArity(); i++) {
            row.setField(i, value(rows, i + 1, type.getTypeAt(i)));
          }
          out.collect(mask.apply(row));
        }
      }
    } finally {
      connection.rollback();
    }
  }

  private static String quoted(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  /** Whether values of a type can be read. */
  static boolean reads(LogicalType type) {
    return switch (type.getTypeRoot()) {
      case ARRAY, ROW, MAP, MULTISET, RAW -> false;
      default -> true;
    };
  }

  private static Object value(ResultSet rows, int column, LogicalType type) throws SQLException {
    Object value =
        switch (type.getTypeRoot()) {
          case BOOLEAN -> rows.getBoolean(column);
          case TINYINT -> rows.getByte(column);
          case SMALLINT -> rows.getShort(column);
          case INTEGER -> rows.getInt(column);
          case BIGINT -> rows.getLong(column);
          case FLOAT -> rows.getFloat(column);
          case DOUBLE -> rows.getDouble(column);
          case DECIMAL -> rows.getBigDecimal(column);
          case DATE -> rows.getObject(column, LocalDate.class);
          case TIME_WITHOUT_TIME_ZONE -> rows.getObject(column, LocalTime.class);
          case TIMESTAMP_WITHOUT_TIME_ZONE -> rows.getObject(column, LocalDateTime.class);
          case TIMESTAMP_WITH_LOCAL_TIME_ZONE -> rows.getObject(column, OffsetDateTime.class);
          case BINARY, VARBINARY -> rows.getBytes(column);
          default -> rows.getString(column);
        };
    return rows.wasNull() || value == null ? null : internal(value, type);
  }

  private static Object internal(Object value, LogicalType type) {
    if (value instanceof BigDecimal number && type instanceof DecimalType decimal) {
      return DecimalData.fromBigDecimal(number, decimal.getPrecision(), decimal.getScale());
    }
    if (value instanceof LocalDate date) {
      return (int) date.toEpochDay();
    }
    if (value instanceof LocalTime time) {
      return (int) (time.toNanoOfDay() / 1_000_000);
    }
    if (value instanceof LocalDateTime time) {
      return TimestampData.fromLocalDateTime(time);
    }
    if (value instanceof OffsetDateTime time) {
      return TimestampData.fromInstant(time.toInstant());
    }
    return value instanceof byte[] || value instanceof Number || value instanceof Boolean
        ? value
        : StringData.fromString(value.toString());
  }

  @Override
  public void close() throws SQLException {
    if (connection != null) {
      connection.close();
    }
  }
}
