package io.millrace.jobs.sources;

import io.debezium.data.SpecialValueDecimal;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.LocalDate;
import java.util.Properties;
import org.postgresql.Driver;
import org.postgresql.PGProperty;
import org.postgresql.core.BaseStatement;
import org.postgresql.jdbc.PgConnection;
import org.postgresql.util.HostSpec;

/**
 * Postgres' driver, whose prepared statements know every numeric that Postgres keeps. The driver
 * itself hands NaN over as a double, of which Debezium makes null, and fails over infinity, which
 * would stop a job at its snapshot for good; of a date before Christ Debezium makes one after. Here
 * they are what Debezium takes them for in the log, so that their rows become dead letters.
 */
final class SnapshotDriver extends Driver {

  @Override
  public Connection connect(String url, Properties info) throws SQLException {
    Properties settings = parseURL(url, info);
    if (settings == null) {
      return null;
    }
    HostSpec host =
        new HostSpec(
            PGProperty.PG_HOST.getOrDefault(settings),
            Integer.parseInt(PGProperty.PG_PORT.getOrDefault(settings)));
    return new Numerics(host, settings, url);
  }

  /** Debezium wants the driver's own class, and reads snapshots by prepared statements. */
  private static final class Numerics extends PgConnection {

    Numerics(HostSpec host, Properties settings, String url) throws SQLException {
      super(new HostSpec[] {host}, settings, url);
    }

    @Override
    public PreparedStatement prepareStatement(
        String sql, int resultSetType, int resultSetConcurrency, int resultSetHoldability)
        throws SQLException {
      return (PreparedStatement)
          handing(
              super.prepareStatement(
                  sql, resultSetType, resultSetConcurrency, resultSetHoldability),
              PreparedStatement.class,
              // The driver itself takes its statements for these.
              BaseStatement.class);
    }
  }

  private static Object handing(Object object, Class<?>... as) {
    return Proxy.newProxyInstance(SnapshotDriver.class.getClassLoader(), as, new Handing(object));
  }

  /** Hands on what a statement or its result is asked. */
  private record Handing(Object object) implements InvocationHandler {

    @Override
    public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
      if (object instanceof ResultSet results
          && method.getName().equals("getObject")
          && arguments.length == 1
          && arguments[0] instanceof Integer column) {
        return value(results, column);
      }
      try {
        Object result = method.invoke(object, arguments);
        return object instanceof PreparedStatement && result instanceof ResultSet results
            ? handing(results, ResultSet.class)
            : result;
      } catch (InvocationTargetException thrown) {
        throw thrown.getCause();
      }
    }

    private static Object value(ResultSet results, int column) throws SQLException {
      int type = results.getMetaData().getColumnType(column);
      if (type == Types.NUMERIC) {
        switch (String.valueOf(results.getString(column))) {
          case "NaN":
            return SpecialValueDecimal.NOT_A_NUMBER;
          case "Infinity":
            return SpecialValueDecimal.POSITIVE_INF;
          case "-Infinity":
            return SpecialValueDecimal.NEGATIVE_INF;
          default:
        }
      }
      if (type == Types.DATE && String.valueOf(results.getString(column)).endsWith(" BC")) {
        return results.getObject(column, LocalDate.class);
      }
      return results.getObject(column);
    }
  }
}
