package io.millrace.quickstart.sql;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A session at Flink's SQL gateway, over its REST interface. One statement at a time; {@link
 * #cancel} may come from another thread.
 */
public final class SqlSession implements AutoCloseable {

  private static final String VERSION = "/v3";
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final long POLL_MILLIS = 50;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String address;
  private final HttpClient client =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
  private final String session;
  private volatile String operation;

  /**
   * A column of a result.
   *
   * @param type root of its SQL type, for example {@code VARCHAR}
   */
  public record Column(String name, String type) {}

  /**
   * A row of a result.
   *
   * @param kind {@code +I}, {@code -U}, {@code +U} or {@code -D}
   * @param values as SQL writes them; null for NULL
   */
  public record Row(String kind, List<String> values) {}

  /** Takes a result as it comes. */
  public interface Result {
    /**
     * @param query whether it is that of a query, whose rows may change
     */
    void columns(List<Column> columns, boolean query);

    /** Some rows, perhaps none: called at least every few moments, also while nothing comes. */
    void rows(List<Row> rows);
  }

  /**
   * Opens a session.
   *
   * @param address {@code host:port}
   * @throws SqlException if no gateway answers there
   */
  public SqlSession(String address) {
    this.address = address;
    this.session = post(VERSION + "/sessions", "{}").path("sessionHandle").asText();
  }

  /** Whether queries end by themselves once they have read what is there. */
  public boolean isBatch() {
    return get(VERSION + "/sessions/" + session)
        .path("properties")
        .path("execution.runtime-mode")
        .asText()
        .equalsIgnoreCase("batch");
  }

  /** Runs a statement whose result is of no interest. */
  public void run(String sql) {
    run(
        sql,
        new Result() {
          @Override
          public void columns(List<Column> columns, boolean query) {}

          @Override
          public void rows(List<Row> rows) {}
        });
  }

  /**
   * Runs a statement and returns when its result has ended.
   *
   * @throws SqlException with the gateway's words if it fails
   */
  public void run(String sql, Result result) {
    ObjectNode request = JSON.createObjectNode().put("statement", sql);
    String at = VERSION + "/sessions/" + session;
    operation = post(at + "/statements", request.toString()).path("operationHandle").asText();
    try {
      String next = at + "/operations/" + operation + "/result/0?rowFormat=PLAIN_TEXT";
      boolean told = false;
      while (!next.isEmpty()) {
        JsonNode page = get(next);
        String type = page.path("resultType").asText();
        if (type.equals("PAYLOAD") && !told) {
          result.columns(columns(page), page.path("isQueryResult").asBoolean());
          told = true;
        }
        List<Row> rows = type.equals("PAYLOAD") ? rows(page) : List.of();
        result.rows(rows);
        if (rows.isEmpty() && !type.equals("EOS")) {
          pause();
        }
        next = type.equals("EOS") ? "" : page.path("nextResultUri").asText("");
      }
    } finally {
      operation = null;
    }
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new SqlException("interrupted while waiting for a result");
    }
  }

  private static List<Column> columns(JsonNode page) {
    List<Column> columns = new ArrayList<>();
    for (JsonNode column : page.path("results").path("columns")) {
      columns.add(
          new Column(
              column.path("name").asText(), column.path("logicalType").path("type").asText()));
    }
    return columns;
  }

  private static List<Row> rows(JsonNode page) {
    List<Row> rows = new ArrayList<>();
    for (JsonNode row : page.path("results").path("data")) {
      List<String> values = new ArrayList<>();
      row.path("fields").forEach(field -> values.add(field.isNull() ? null : field.asText()));
      rows.add(
          new Row(
              switch (row.path("kind").asText()) {
                case "UPDATE_BEFORE" -> "-U";
                case "UPDATE_AFTER" -> "+U";
                case "DELETE" -> "-D";
                default -> "+I";
              },
              values));
    }
    return rows;
  }

  /** Ends the statement that runs, and with it the job of a query. */
  public void cancel() {
    String running = operation;
    if (running != null) {
      String at = VERSION + "/sessions/" + session + "/operations/" + running + "/close";
      send(HttpRequest.newBuilder(URI.create("http://" + address + at)).DELETE());
    }
  }

  @Override
  public void close() {
    send(
        HttpRequest.newBuilder(URI.create("http://" + address + VERSION + "/sessions/" + session))
            .DELETE());
  }

  private JsonNode get(String path) {
    return send(HttpRequest.newBuilder(URI.create("http://" + address + path)).GET());
  }

  private JsonNode post(String path, String body) {
    return send(
        HttpRequest.newBuilder(URI.create("http://" + address + path))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  private JsonNode send(HttpRequest.Builder request) {
    try {
      HttpResponse<String> response =
          client.send(request.timeout(PATIENCE).build(), HttpResponse.BodyHandlers.ofString());
      JsonNode body = JSON.readTree(response.body());
      if (response.statusCode() >= 400) {
        throw new SqlException(words(body, response));
      }
      return body;
    } catch (ConnectException nobody) {
      throw new SqlException(
          "no SQL gateway answers at http://%s; start it with scripts/up, or name another with SQL_GATEWAY=host:port"
              .formatted(address));
    } catch (IOException failure) {
      throw new SqlException(
          "the SQL gateway at http://%s does not answer: %s".formatted(address, failure));
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new SqlException("interrupted while asking the SQL gateway at http://" + address);
    }
  }

  /** What went wrong, in the words of the innermost cause. */
  private static String words(JsonNode body, HttpResponse<String> response) {
    List<String> errors = new ArrayList<>();
    body.path("errors").forEach(error -> errors.add(error.asText()));
    for (String error : errors) {
      int begin = error.indexOf("<Exception on server side:");
      if (begin >= 0) {
        int end = error.lastIndexOf("End of exception on server side>");
        return SqlException.words(
            error
                .substring(error.indexOf('\n', begin) + 1, end < 0 ? error.length() : end)
                .strip());
      }
    }
    return errors.isEmpty()
        ? "the SQL gateway answered with " + response.statusCode()
        : String.join("; ", errors);
  }
}
