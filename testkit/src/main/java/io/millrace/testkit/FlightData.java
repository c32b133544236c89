package io.millrace.testkit;

import java.io.BufferedReader;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/**
 * The flights of {@code data/nycflights13}, the planes that flew them, and airports.
 *
 * <p>Everything is streamed: the year's 336,776 flights need no memory to speak of.
 */
public final class FlightData {

  /** Number of flights in the year. */
  public static final int FLIGHTS = 336_776;

  /** What the topic of flights is called in the example pipeline. */
  public static final String TOPIC = "flights";

  /** The table of planes. */
  private static final String CREATE_PLANES =
      """
      CREATE TABLE IF NOT EXISTS public.planes (
        tailnum TEXT PRIMARY KEY,
        year INTEGER,
        type TEXT,
        manufacturer TEXT,
        model TEXT,
        engines INTEGER,
        seats INTEGER,
        speed INTEGER,
        engine TEXT
      )""";

  /** The table of models, in which some manufacturers stand under several names. */
  private static final String CREATE_MODELS =
      """
      CREATE TABLE IF NOT EXISTS public.plane_models (
        manufacturer TEXT,
        model TEXT,
        engines INTEGER,
        seats INTEGER,
        PRIMARY KEY (manufacturer, model)
      )""";

  private static final String FILL_MODELS =
      """
      INSERT INTO public.plane_models
      SELECT manufacturer, model, max(engines), max(seats) FROM public.planes GROUP BY 1, 2
      ON CONFLICT DO NOTHING""";

  private static final int[] PLANE_TYPES = {
    Types.VARCHAR,
    Types.INTEGER,
    Types.VARCHAR,
    Types.VARCHAR,
    Types.VARCHAR,
    Types.INTEGER,
    Types.INTEGER,
    Types.INTEGER,
    Types.VARCHAR
  };

  private static final String CREATE_AIRPORTS =
      """
      CREATE TABLE IF NOT EXISTS public.airports (
        faa TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        lat DOUBLE PRECISION NOT NULL,
        lon DOUBLE PRECISION NOT NULL,
        alt INTEGER NOT NULL,
        tz INTEGER NOT NULL,
        dst TEXT,
        tzone TEXT
      )""";

  private static final int[] AIRPORT_TYPES = {
    Types.VARCHAR,
    Types.VARCHAR,
    Types.DOUBLE,
    Types.DOUBLE,
    Types.INTEGER,
    Types.INTEGER,
    Types.VARCHAR,
    Types.VARCHAR
  };

  private static final String FOLDER = "data/nycflights13";
  private static final int READ_BUFFER_BYTES = 1 << 16;

  private final Path folder;

  private FlightData(Path folder) {
    this.folder = folder;
  }

  /** The data in a given folder. */
  public static FlightData in(Path folder) {
    return new FlightData(folder);
  }

  /** The project's own data, found from the working directory upwards. */
  public static FlightData ofThisProject() {
    for (Path dir = Path.of("").toAbsolutePath(); dir != null; dir = dir.getParent()) {
      Path folder = dir.resolve(FOLDER);
      if (Files.isDirectory(folder)) {
        return in(folder);
      }
    }
    throw new UncheckedIOException(
        new FileNotFoundException(
            FOLDER + " is neither in " + Path.of("").toAbsolutePath() + " nor above it"));
  }

  /** The year's flights in order of departure; close the stream when done. */
  public Stream<Departure> flights() {
    Path file = folder.resolve("flights.csv.gz");
    try {
      BufferedReader reader =
          new BufferedReader(
              new InputStreamReader(
                  new GZIPInputStream(Files.newInputStream(file), READ_BUFFER_BYTES),
                  StandardCharsets.UTF_8),
              READ_BUFFER_BYTES);
      return reader
          .lines()
          .skip(1)
          .map(FlightData::departure)
          .onClose(
              () -> {
                try {
                  reader.close();
                } catch (IOException failure) {
                  throw new UncheckedIOException(failure);
                }
              });
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static Departure departure(String line) {
    String[] cells = line.split(",", -1);
    return new Departure(
        scheduledAt(cells[0]),
        cells[1],
        Integer.parseInt(cells[2]),
        cells[3],
        cells[4],
        cells[5],
        minutes(cells[6]),
        minutes(cells[7]),
        minutes(cells[8]),
        Integer.parseInt(cells[9]));
  }

  private static Instant scheduledAt(String cell) {
    return LocalDateTime.parse(cell.substring(0, cell.length() - 1)).toInstant(ZoneOffset.UTC);
  }

  private static OptionalInt minutes(String cell) {
    return cell.isEmpty() ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(cell));
  }

  /** The planes of {@code planes.csv}, one array of nine cells each; an empty cell is unknown. */
  public List<String[]> planes() {
    return rows("planes.csv");
  }

  /** The airports of {@code airports.csv}, one array of eight cells each. */
  public List<String[]> airports() {
    return rows("airports.csv");
  }

  private List<String[]> rows(String file) {
    try (Stream<String> lines = Files.lines(folder.resolve(file))) {
      return lines.skip(1).map(line -> line.split(",", -1)).toList();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /**
   * Creates {@code public.planes} and {@code public.plane_models}, where they are not there, with
   * complete images of changed rows.
   */
  public static void createPlanes(Connection connection) throws SQLException {
    create(connection, CREATE_PLANES, "public.planes");
    create(connection, CREATE_MODELS, "public.plane_models");
  }

  /** Creates {@code public.airports}, as {@link #createPlanes} does planes. */
  public static void createAirports(Connection connection) throws SQLException {
    create(connection, CREATE_AIRPORTS, "public.airports");
  }

  private static void create(Connection connection, String create, String table)
      throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(create);
      statement.execute("ALTER TABLE " + table + " REPLICA IDENTITY FULL");
    }
  }

  /**
   * Creates {@code public.planes} and fills it in one transaction, and {@code public.plane_models}
   * with the 147 models of these planes; rows that are there already stay as they are.
   *
   * @return planes inserted
   */
  public int loadPlanes(Connection connection) throws SQLException {
    return atOnce(
        connection,
        () -> {
          createPlanes(connection);
          int planes = insert(connection, "public.planes", planes(), PLANE_TYPES);
          try (Statement models = connection.createStatement()) {
            models.executeUpdate(FILL_MODELS);
          }
          return planes;
        });
  }

  /**
   * Creates {@code public.airports} and fills it, as {@link #loadPlanes} does with planes.
   *
   * @return rows inserted
   */
  public int loadAirports(Connection connection) throws SQLException {
    return atOnce(
        connection,
        () -> {
          createAirports(connection);
          return insert(connection, "public.airports", airports(), AIRPORT_TYPES);
        });
  }

  private interface Filling {
    int fill() throws SQLException;
  }

  private static int atOnce(Connection connection, Filling filling) throws SQLException {
    boolean autoCommit = connection.getAutoCommit();
    connection.setAutoCommit(false);
    try {
      int inserted = filling.fill();
      connection.commit();
      return inserted;
    } finally {
      connection.setAutoCommit(autoCommit);
    }
  }

  private static int insert(Connection connection, String table, List<String[]> rows, int[] types)
      throws SQLException {
    String parameters = String.join(", ", Collections.nCopies(types.length, "?"));
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO " + table + " VALUES (" + parameters + ") ON CONFLICT DO NOTHING")) {
      for (String[] row : rows) {
        for (int column = 0; column < types.length; column++) {
          insert.setObject(column + 1, row[column].isEmpty() ? null : row[column], types[column]);
        }
        insert.addBatch();
      }
      return Arrays.stream(insert.executeBatch()).sum();
    }
  }
}
