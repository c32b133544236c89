package io.millrace.jobs.sources;

import io.millrace.contract.Contract;
import io.millrace.pipeline.PostgresOrigin;
import io.millrace.pipeline.Source;
import java.security.cert.CertificateException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;

/**
 * Asks a database, before a job starts, for everything that change capture needs of it: log level,
 * rights, table, replica identity, key, columns, publication and slots. All that is missing is told
 * at once, each with the statement that cures it. Changes nothing.
 */
public final class PostgresPreflight {

  private static final int CONNECT_TIMEOUT_SECONDS = 10;
  private static final String AUTOCREATE_MODE = "publication.autocreate.mode";

  private final Source source;
  private final PostgresOrigin origin;
  private final Connection connection;
  private final List<String> problems = new ArrayList<>();

  private PostgresPreflight(Source source, PostgresOrigin origin, Connection connection) {
    this.source = source;
    this.origin = origin;
    this.connection = connection;
  }

  /**
   * What keeps the source from being read, one sentence or two each; empty when it can be read.
   *
   * @param source of a {@link PostgresOrigin}
   */
  public static List<String> problems(Source source) {
    PostgresOrigin origin = (PostgresOrigin) source.origin();
    try (Connection connection = connect(origin)) {
      PostgresPreflight preflight = new PostgresPreflight(source, origin, connection);
      preflight.check();
      return List.copyOf(preflight.problems);
    } catch (SQLException e) {
      return List.of(unreachable(source, origin, e));
    }
  }

  static Connection connect(PostgresOrigin origin) throws SQLException {
    Properties properties = new Properties();
    properties.putAll(PostgresTable.driverProperties(origin));
    properties.setProperty("user", origin.username());
    properties.setProperty("password", origin.password().value());
    properties.setProperty("loginTimeout", Integer.toString(CONNECT_TIMEOUT_SECONDS));
    properties.setProperty("connectTimeout", Integer.toString(CONNECT_TIMEOUT_SECONDS));
    // Not by DriverManager: it does not see drivers that came with a job's jar.
    Connection connection =
        new org.postgresql.Driver()
            .connect(
                "jdbc:postgresql://%s:%d/%s"
                    .formatted(origin.host(), origin.port(), origin.database()),
                properties);
    connection.setReadOnly(true);
    return connection;
  }

  private static boolean isOfTls(SQLException failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SSLException || cause instanceof CertificateException) {
        return true;
      }
    }
    String message = String.valueOf(failure.getMessage());
    return message.contains("SSL root certificate") || message.contains("could not be verified");
  }

  private static String unreachable(Source source, PostgresOrigin origin, SQLException e) {
    String state = e.getSQLState() == null ? "" : e.getSQLState();
    String cure =
        switch (isOfTls(e) ? "TLS" : state) {
          case "TLS" ->
              "see that database.sslrootcert under properties holds the authority that signed the"
                  + " server's certificate, and with verify-full that this is for the host";
          case "28P01" -> "check username and password, and the server's pg_hba.conf";
          case "28000" ->
              "check username and password, and the server's pg_hba.conf; where it wants TLS, set"
                  + " properties: {database.sslmode: verify-full, database.sslrootcert: ...}";
          case "3D000" -> "check the database's name";
          case "08001", "08004", "08006" ->
              "check host and port, and that the server listens there";
          default -> "see the server's log";
        };
    return "source '%s': cannot read from Postgres at %s:%d/%s as '%s': %s; %s"
        .formatted(
            source.name(),
            origin.host(),
            origin.port(),
            origin.database(),
            origin.username(),
            e.getMessage(),
            cure);
  }

  private void check() throws SQLException {
    checkServer();
    long table = tableOid();
    if (table == 0) {
      return;
    }
    checkTable(table);
    checkKey(table);
    checkColumns(table);
    checkPublication(table);
  }

  private void checkServer() throws SQLException {
    String level = text("SELECT current_setting('wal_level')");
    if (!"logical".equals(level)) {
      problem(
          "wal_level is '%s', and changes are read from a 'logical' log; run ALTER SYSTEM SET"
              + " wal_level = logical and restart the server",
          level);
    }
    boolean mayReplicate =
        truth(
            """
            SELECT rolsuper OR rolreplication OR EXISTS (
              SELECT 1 FROM pg_roles granted WHERE granted.rolname = 'rds_replication'
                AND pg_has_role(current_user, granted.oid, 'MEMBER'))
            FROM pg_roles WHERE rolname = current_user
            """);
    if (!mayReplicate) {
      problem(
          "user '%s' may not replicate; run ALTER ROLE %s REPLICATION",
          origin.username(), quoted(origin.username()));
    }
    checkSlots();
  }

  private void checkSlots() throws SQLException {
    String other =
        text(
            "SELECT coalesce(database, 'no database') || ' with plugin ' || coalesce(plugin, 'none')"
                + " FROM pg_replication_slots WHERE slot_name = ?"
                + " AND (database IS DISTINCT FROM current_database() OR plugin <> 'pgoutput')",
            origin.slot());
    if (other != null) {
      problem(
          "replication slot '%s' belongs to %s; name another slot in the pipeline file",
          origin.slot(), other);
    }
    boolean exists =
        truth(
            "SELECT EXISTS (SELECT 1 FROM pg_replication_slots WHERE slot_name = ?)",
            origin.slot());
    // The snapshot takes one more for a while.
    int needed = exists ? 1 : 2;
    int free =
        Integer.parseInt(
            text(
                "SELECT current_setting('max_replication_slots')::int - count(*)"
                    + " FROM pg_replication_slots"));
    if (free < needed) {
      problem(
          "%d replication slots are free, %d are needed; drop unused ones (SELECT slot_name FROM"
              + " pg_replication_slots WHERE NOT active) or raise max_replication_slots",
          free, needed);
    }
  }

  /** The table's oid, or 0 with the problem told. */
  private long tableOid() throws SQLException {
    String found =
        text(
            "SELECT c.oid || ' ' || c.relkind FROM pg_class c JOIN pg_namespace n"
                + " ON n.oid = c.relnamespace WHERE n.nspname = ? AND c.relname = ?",
            origin.schema(),
            origin.table());
    if (found == null) {
      String similar =
          text(
              "SELECT string_agg(table_schema || '.' || table_name, ', ') FROM"
                  + " information_schema.tables WHERE lower(table_name) = lower(?)",
              origin.table());
      problem(
          "there is no table %s in database '%s'%s",
          tableName(), origin.database(), similar == null ? "" : "; did you mean " + similar + "?");
      return 0;
    }
    String[] parts = found.split(" ");
    if (!parts[1].equals("r")) {
      problem(
          "%s is %s; changes are captured from ordinary tables",
          tableName(), parts[1].equals("p") ? "a partitioned table" : "not a table");
      return 0;
    }
    return Long.parseLong(parts[0]);
  }

  private void checkTable(long table) throws SQLException {
    if (!truth("SELECT relreplident = 'f' FROM pg_class WHERE oid = ?", table)) {
      problem(
          "%s does not log rows as they were before a change; run ALTER TABLE %s REPLICA IDENTITY"
              + " FULL",
          tableName(), quotedTable());
    }
    if (!truth("SELECT has_schema_privilege(?, 'USAGE')", origin.schema())) {
      problem(
          "user '%s' may not use schema '%s'; run GRANT USAGE ON SCHEMA %s TO %s",
          origin.username(), origin.schema(), quoted(origin.schema()), quoted(origin.username()));
    }
    if (!truth("SELECT has_table_privilege(?::oid, 'SELECT')", table)) {
      problem(
          "user '%s' may not read %s; run GRANT SELECT ON %s TO %s",
          origin.username(), tableName(), quotedTable(), quoted(origin.username()));
    }
  }

  private void checkKey(long table) throws SQLException {
    List<String> key =
        list(
            "SELECT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid"
                + " AND a.attnum = ANY (i.indkey) WHERE i.indrelid = ? AND i.indisprimary"
                + " ORDER BY array_position(i.indkey::int2[], a.attnum)",
            table);
    List<String> expected = source.contract().primaryKey();
    if (key.isEmpty()) {
      problem(
          "%s has no primary key, and its snapshot is cut by it; run ALTER TABLE %s ADD PRIMARY KEY"
              + " (...)",
          tableName(), quotedTable());
    } else if (!expected.isEmpty() && !(key.containsAll(expected) && expected.containsAll(key))) {
      problem(
          "the primary key of %s is %s, that of contract '%s' is %s; make the contract say what the"
              + " table has",
          tableName(), key, source.contract().name(), expected);
    }
  }

  private void checkColumns(long table) throws SQLException {
    Map<String, ColumnType> columns = new TreeMap<>();
    String sql =
        "SELECT a.attname, t.typname, t.typtype, t.typcategory, a.atttypmod,"
            + " format_type(a.atttypid, a.atttypmod) FROM pg_attribute a JOIN pg_type t ON"
            + " t.oid = a.atttypid WHERE a.attrelid = ? AND a.attnum > 0 AND NOT a.attisdropped";
    try (PreparedStatement statement = prepared(sql, table);
        ResultSet row = statement.executeQuery()) {
      while (row.next()) {
        columns.put(
            row.getString(1),
            new ColumnType(
                row.getString(2),
                row.getString(3).equals("e"),
                row.getString(4).equals("A"),
                row.getInt(5),
                row.getString(6)));
      }
    }
    Contract contract = source.contract();
    contract
        .fields()
        .forEach(
            field -> {
              ColumnType column =
                  Stream.concat(Stream.of(field.name()), field.aliases().stream())
                      .map(columns::get)
                      .filter(Objects::nonNull)
                      .findFirst()
                      .orElse(null);
              if (column == null) {
                problem(
                    "%s has no column '%s', which contract '%s' names; it has %s",
                    tableName(), field.name(), contract.name(), columns.keySet());
              } else {
                column
                    .misfit(field.type())
                    .ifPresent(
                        misfit ->
                            problem(
                                "column '%s' of %s is %s, contract '%s' says %s: %s",
                                field.name(),
                                tableName(),
                                column.declared(),
                                contract.name(),
                                field.type().copy(true).asSummaryString(),
                                misfit));
              }
            });
  }

  private void checkPublication(long table) throws SQLException {
    String published =
        "SELECT EXISTS (SELECT 1 FROM pg_publication_tables WHERE pubname = ? AND schemaname = ?"
            + " AND tablename = ?)";
    if (origin.properties().containsKey(AUTOCREATE_MODE)
        && origin.properties().get(AUTOCREATE_MODE).value().equals("disabled")) {
      if (!truth(published, origin.slot(), origin.schema(), origin.table())) {
        problem(
            "publication '%s' does not hold %s, and the pipeline may not make one; run CREATE"
                + " PUBLICATION %s FOR TABLE %s",
            origin.slot(), tableName(), quoted(origin.slot()), quotedTable());
      }
      return;
    }
    boolean mayPublish =
        truth(
            "SELECT pg_has_role(current_user, relowner, 'USAGE') AND"
                + " has_database_privilege(current_database(), 'CREATE')"
                + " FROM pg_class WHERE oid = ?",
            table);
    if (!mayPublish) {
      problem(
          "user '%s' cannot publish %s: that takes the table's owner with CREATE on the database;"
              + " grant both, or run CREATE PUBLICATION %s FOR TABLE %s as the owner and set"
              + " properties: {publication.autocreate.mode: disabled}",
          origin.username(), tableName(), quoted(origin.slot()), quotedTable());
    }
  }

  private void problem(String format, Object... values) {
    problems.add("source '" + source.name() + "': " + format.formatted(values));
  }

  private String tableName() {
    return origin.schema() + "." + origin.table();
  }

  private String quotedTable() {
    return quoted(origin.schema()) + "." + quoted(origin.table());
  }

  private static String quoted(String name) {
    return name.matches("[a-z_][a-z0-9_]*") ? name : '"' + name.replace("\"", "\"\"") + '"';
  }

  private boolean truth(String sql, Object... values) throws SQLException {
    return "t".equals(text(sql, values));
  }

  /** The first column of the first row, or null. */
  private String text(String sql, Object... values) throws SQLException {
    List<String> rows = list(sql, values);
    return rows.isEmpty() ? null : rows.get(0);
  }

  private List<String> list(String sql, Object... values) throws SQLException {
    try (PreparedStatement statement = prepared(sql, values);
        ResultSet row = statement.executeQuery()) {
      List<String> rows = new ArrayList<>();
      while (row.next()) {
        rows.add(row.getString(1));
      }
      return rows;
    }
  }

  private PreparedStatement prepared(String sql, Object... values) throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql);
    for (int i = 0; i < values.length; i++) {
      statement.setObject(i + 1, values[i]);
    }
    return statement;
  }
}
