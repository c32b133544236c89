package io.millrace.sql.postgres;

import io.millrace.ingest.Exactly;
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
import java.util.HashSet;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichFlatMapFunction;
import org.apache.flink.metrics.Counter;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.logical.DecimalType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.util.Collector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads all rows of a table in one transaction, for each element that comes: {@value #FETCHED} rows
 * at a time, so that memory does not grow with the table. Keeps nothing in the database.
 *
 * <p>Postgres keeps values that a column of SQL cannot hold: a numeric that is NaN or infinite, a
 * date or time that is infinite or not of the years 1 to 9999, a number beyond the contract's type.
 * Such a value is null, and a row is left out where the value belongs to its key; the metric
 * {@value #UNREADABLE} counts them, and the log names the first one of each column. A job makes
 * dead letters of such rows.
 */
final class TableReader extends RichFlatMapFunction<Integer, RowData> {
  private static final long serialVersionUID = 1L;
  private static final int FETCHED = 1000;
  private static final int PATIENCE_SECONDS = 10;
  private static final Logger LOG = LoggerFactory.getLogger(TableReader.class);

  /** What the driver says of a value that the asked-for class cannot hold (SQLSTATE). */
  private static final Set<String> BEYOND_THE_TYPE = Set.of("22003", "22007", "22008");

  /** Prefix of the source's properties that are meant for the driver. */
  private static final String DRIVER_PREFIX = "database.";

  static final String UNREADABLE = "unreadable_values";

  private static final LocalDate FIRST_DAY = LocalDate.of(1, 1, 1);
  private static final LocalDate LAST_DAY = LocalDate.of(9999, 12, 31);

  private final PostgresOrigin origin;
  private final RowType type;
  private final RowMask mask;
  private transient Connection connection;
  private transient Counter unreadable;
  private transient Set<String> told;

  TableReader(PostgresOrigin origin, RowType type, RowMask mask) {
    this.origin = origin;
    this.type = type;
    this.mask = mask;
  }

  @Override
  public void open(OpenContext context) throws SQLException {
    unreadable = getRuntimeContext().getMetricGroup().counter(UNREADABLE);
    told = new HashSet<>();
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
          "Postgres at %s:%d does not let %s read %s.%s: %s; check that it runs, and in the source's pipeline file username, password and, where it speaks TLS, database.sslmode and database.sslrootcert under properties"
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
          GenericRowData row = row(rows);
          if (row != null) {
            out.collect(mask.apply(row));
          }
        }
      }
    } finally {
      connection.rollback();
    }
  }

  /** A row; null if a value of its key cannot be read. */
  private GenericRowData row(ResultSet rows) throws SQLException {
    GenericRowData row = new GenericRowData(type.getFieldCount());
    for (int i = 0; i < row.getArity(); i++) {
      LogicalType column = type.getTypeAt(i);
      Object value = null;
      boolean isNull = false;
      try {
        value = value(rows, i + 1, column);
        isNull = value == null && rows.wasNull();
      } catch (SQLException strange) {
        if (!BEYOND_THE_TYPE.contains(String.valueOf(strange.getSQLState()))) {
          throw new SQLException(
              "column %s of %s.%s cannot be read as %s: %s"
                  .formatted(
                      type.getFieldNames().get(i),
                      origin.schema(),
                      origin.table(),
                      column.asSummaryString(),
                      strange.getMessage()),
              strange);
        }
      }
      if (value == null && !isNull) {
        tell(type.getFieldNames().get(i), column);
      }
      if (value == null && !column.isNullable()) {
        return null;
      }
      row.setField(i, value);
    }
    return row;
  }

  private void tell(String column, LogicalType as) {
    unreadable.inc();
    if (told.add(column)) {
      LOG.warn(
          "{}.{} has values in column {} that {} cannot hold, such as NaN or infinity; they are shown"
              + " as null",
          origin.schema(),
          origin.table(),
          column,
          as.copy(true).asSummaryString());
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

  private static boolean isOfTheCalendar(LocalDate date) {
    return !date.isBefore(FIRST_DAY) && !date.isAfter(LAST_DAY);
  }

  /** A value as Flink keeps it; null if the type cannot hold it. */
  private static Object internal(Object value, LogicalType type) {
    if (value instanceof BigDecimal number && type instanceof DecimalType decimal) {
      return Exactly.rounded(number, decimal.getPrecision(), decimal.getScale());
    }
    if (value instanceof LocalDate date) {
      return isOfTheCalendar(date) ? (int) date.toEpochDay() : null;
    }
    if (value instanceof LocalTime time) {
      return (int) (time.toNanoOfDay() / 1_000_000);
    }
    if (value instanceof LocalDateTime time) {
      return isOfTheCalendar(time.toLocalDate()) ? TimestampData.fromLocalDateTime(time) : null;
    }
    if (value instanceof OffsetDateTime time) {
      return isOfTheCalendar(time.toLocalDate())
          ? TimestampData.fromInstant(time.toInstant())
          : null;
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
