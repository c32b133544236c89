package io.millrace.testkit;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;

/**
 * A PostgreSQL 14 server in processes of its own, on 127.0.0.1, with {@code wal_level=logical}.
 *
 * <p>It has one database, {@value #DATABASE}, owned by the user {@value #USERNAME}, who may
 * replicate and must give a password. Data outlives {@link #stop()}; {@code fsync} is off, so it
 * does not outlive the machine.
 */
public final class PostgresServer implements AutoCloseable {

  private static final String DATABASE = "nyc";
  private static final String USERNAME = "millrace";
  private static final String PASSWORD = "millrace";
  private static final Duration START_PATIENCE = Duration.ofSeconds(60);

  private final Path dir;
  private final int port;
  private final Optional<ServerCertificate> certificate;
  private EmbeddedPostgres postgres;

  private PostgresServer(Path dir, int port, Optional<ServerCertificate> certificate) {
    this.dir = dir.toAbsolutePath();
    this.port = port;
    this.certificate = certificate;
  }

  /** Starts a server on a free port. */
  public static PostgresServer start(Path dir) {
    return start(dir, Ports.free());
  }

  /**
   * Starts a server whose data lives in {@code dir/data}; an existing directory is continued.
   *
   * @throws IllegalStateException if the port is taken
   */
  public static PostgresServer start(Path dir, int port) {
    return started(new PostgresServer(dir, port, Optional.empty()));
  }

  /** Starts a server on a free port that lets nobody in who does not speak TLS. */
  public static PostgresServer startWithTls(Path dir, ServerCertificate certificate) {
    return started(new PostgresServer(dir, Ports.free(), Optional.of(certificate)));
  }

  private static PostgresServer started(PostgresServer server) {
    server.start();
    return server;
  }

  /** Starts the server again after {@link #stop()}, with everything it had. */
  public void start() {
    if (postgres != null) {
      throw new IllegalStateException("Postgres on port " + port + " runs already");
    }
    if (!Ports.isFree(port)) {
      throw new IllegalStateException(
          "port "
              + port
              + " on 127.0.0.1 is taken: stop what listens there or choose another port"
              + " for Postgres");
    }
    try {
      Files.createDirectories(dir);
      Path log = dir.resolve("postgres.log");
      ProcessBuilder.Redirect toLog = ProcessBuilder.Redirect.appendTo(log.toFile());
      EmbeddedPostgres.Builder server =
          EmbeddedPostgres.builder()
              .setDataDirectory(dir.resolve("data"))
              .setCleanDataDirectory(false)
              .setPort(port)
              .setServerConfig("listen_addresses", "127.0.0.1")
              .setServerConfig("wal_level", "logical")
              .setServerConfig("max_replication_slots", "32")
              .setServerConfig("max_wal_senders", "32")
              .setServerConfig("max_connections", "100")
              .setOutputRedirector(toLog)
              .setErrorRedirector(toLog)
              .setPGStartupWait(START_PATIENCE);
      if (certificate.isPresent()) {
        Path key = certificate.get().key().toAbsolutePath();
        // The server refuses a key that others may read.
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
        server
            .setServerConfig("ssl", "on")
            .setServerConfig(
                "ssl_cert_file", certificate.get().certificate().toAbsolutePath().toString())
            .setServerConfig("ssl_key_file", key.toString());
      }
      postgres = server.start();
      prepare();
    } catch (IOException failure) {
      throw new UncheckedIOException("Postgres could not be started in " + dir, failure);
    } catch (SQLException failure) {
      throw new IllegalStateException("Postgres in " + dir + " could not be prepared", failure);
    }
  }

  private void prepare() throws IOException, SQLException {
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      try (ResultSet found =
          statement.executeQuery("SELECT 1 FROM pg_roles WHERE rolname = '" + USERNAME + "'")) {
        if (found.next()) {
          return;
        }
      }
      statement.execute(
          "CREATE ROLE " + USERNAME + " LOGIN REPLICATION PASSWORD '" + PASSWORD + "'");
      statement.execute("CREATE DATABASE " + DATABASE + " OWNER " + USERNAME);
      // The superuser is for this class only; everybody else has to show a password.
      Files.writeString(
          dir.resolve("data").resolve("pg_hba.conf"),
          """
          # TYPE  DATABASE         USER      ADDRESS       METHOD
          host    all              postgres  127.0.0.1/32  trust
          %1$s    all              all       127.0.0.1/32  scram-sha-256
          %1$s    replication      all       127.0.0.1/32  scram-sha-256
          """
              .formatted(certificate.isPresent() ? "hostssl" : "host"));
      statement.execute("SELECT pg_reload_conf()");
    }
  }

  public String host() {
    return "127.0.0.1";
  }

  public int port() {
    return port;
  }

  public String database() {
    return DATABASE;
  }

  public String username() {
    return USERNAME;
  }

  public String password() {
    return PASSWORD;
  }

  /** Without user and password. */
  public String jdbcUrl() {
    return "jdbc:postgresql://127.0.0.1:"
        + port
        + "/"
        + DATABASE
        + certificate.map(it -> "?sslmode=verify-full&sslrootcert=" + it.certificate()).orElse("");
  }

  /** A new connection as {@link #username()}; the caller closes it. */
  public Connection connect() throws SQLException {
    return DriverManager.getConnection(jdbcUrl(), USERNAME, PASSWORD);
  }

  /** Runs statements as {@link #username()}, each in a transaction of its own. */
  public void execute(String... statements) {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    } catch (SQLException failure) {
      throw new IllegalStateException("Postgres refused a statement", failure);
    }
  }

  /** Stops the server in good order; its data stays. Does nothing when it is stopped already. */
  public void stop() {
    if (postgres != null) {
      try {
        postgres.close();
      } catch (IOException failure) {
        throw new UncheckedIOException("Postgres in " + dir + " could not be stopped", failure);
      }
      postgres = null;
    }
  }

  @Override
  public void close() {
    stop();
  }
}
