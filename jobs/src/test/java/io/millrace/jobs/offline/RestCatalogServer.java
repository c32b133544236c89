package io.millrace.jobs.offline;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.hadoop.conf.Configuration;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.NoSuchNamespaceException;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.apache.iceberg.hadoop.HadoopCatalog;
import org.apache.iceberg.rest.CatalogHandlers;
import org.apache.iceberg.rest.RESTCatalogProperties.SnapshotMode;
import org.apache.iceberg.rest.RESTSerializers;
import org.apache.iceberg.rest.requests.CreateNamespaceRequest;
import org.apache.iceberg.rest.requests.CreateTableRequest;
import org.apache.iceberg.rest.requests.UpdateTableRequest;
import org.apache.iceberg.rest.responses.ConfigResponse;
import org.apache.iceberg.rest.responses.ErrorResponse;
import org.apache.iceberg.shaded.com.fasterxml.jackson.annotation.JsonAutoDetect;
import org.apache.iceberg.shaded.com.fasterxml.jackson.annotation.PropertyAccessor;
import org.apache.iceberg.shaded.com.fasterxml.jackson.databind.DeserializationFeature;
import org.apache.iceberg.shaded.com.fasterxml.jackson.databind.ObjectMapper;
import org.apache.iceberg.shaded.com.fasterxml.jackson.databind.PropertyNamingStrategies;

/**
 * A server of Iceberg's REST protocol: Iceberg's own handlers, which its reference server runs as
 * well, behind the JDK's HTTP server. It asks for a token and keeps its tables in a folder.
 */
final class RestCatalogServer implements AutoCloseable {
  private static final int OK = 200;
  private static final int NO_CONTENT = 204;
  private static final int NOT_AUTHORIZED = 401;
  private static final int NOT_FOUND = 404;
  private static final int CONFLICT = 409;
  private static final int FAILED = 500;
  private static final String PREFIX = "/v1/";

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final HadoopCatalog catalog;
  private final ObjectMapper json = mapper();
  private final String token;
  private final List<String> unknown = new CopyOnWriteArrayList<>();

  /** What a request is answered with; null for nothing. */
  private record Answer(int status, Object body) {}

  private RestCatalogServer(Path warehouse, String token) throws IOException {
    this.token = token;
    catalog = new HadoopCatalog(new Configuration(), warehouse.toUri().toString());
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext(PREFIX, this::handle);
    server.start();
  }

  static RestCatalogServer start(Path warehouse, String token) throws IOException {
    return new RestCatalogServer(warehouse, token);
  }

  String uri() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** Requests that it did not understand. */
  List<String> unknown() {
    return unknown;
  }

  private static ObjectMapper mapper() {
    ObjectMapper mapper = new ObjectMapper();
    mapper.setVisibility(PropertyAccessor.FIELD, JsonAutoDetect.Visibility.ANY);
    mapper.configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, false);
    mapper.setPropertyNamingStrategy(PropertyNamingStrategies.KEBAB_CASE);
    RESTSerializers.registerAll(mapper);
    return mapper;
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      Answer answer;
      try {
        answer =
            ("Bearer " + token).equals(exchange.getRequestHeaders().getFirst("Authorization"))
                ? answer(exchange)
                : error(NOT_AUTHORIZED, new IllegalArgumentException("not authorized"));
      } catch (NoSuchTableException | NoSuchNamespaceException missing) {
        answer = error(NOT_FOUND, missing);
      } catch (AlreadyExistsException | CommitFailedException conflict) {
        answer = error(CONFLICT, conflict);
      } catch (RuntimeException failure) {
        answer = error(FAILED, failure);
      }
      byte[] body = answer.body() == null ? new byte[0] : json.writeValueAsBytes(answer.body());
      boolean bodiless = body.length == 0 || exchange.getRequestMethod().equals("HEAD");
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(answer.status(), bodiless ? -1 : body.length);
      if (!bodiless) {
        exchange.getResponseBody().write(body);
      }
    }
  }

  private static Answer error(int status, RuntimeException failure) {
    return new Answer(
        status,
        ErrorResponse.builder()
            .responseCode(status)
            .withType(failure.getClass().getSimpleName())
            .withMessage(String.valueOf(failure.getMessage()))
            .build());
  }

  private Answer answer(HttpExchange exchange) throws IOException {
    String method = exchange.getRequestMethod();
    List<String> path =
        Arrays.asList(exchange.getRequestURI().getPath().substring(PREFIX.length()).split("/"));
    if (path.equals(List.of("config"))) {
      return new Answer(OK, ConfigResponse.builder().build());
    }
    if (path.get(0).equals("namespaces")) {
      if (path.size() == 1 && method.equals("POST")) {
        CreateNamespaceRequest request = read(exchange, CreateNamespaceRequest.class);
        return new Answer(OK, CatalogHandlers.createNamespace(catalog, request));
      }
      if (path.size() == 2) {
        return new Answer(OK, CatalogHandlers.loadNamespace(catalog, Namespace.of(path.get(1))));
      }
      if (path.size() == 3 && method.equals("POST")) {
        Namespace namespace = Namespace.of(path.get(1));
        CreateTableRequest request = read(exchange, CreateTableRequest.class);
        return new Answer(
            OK,
            request.stageCreate()
                ? CatalogHandlers.stageTableCreate(catalog, namespace, request)
                : CatalogHandlers.createTable(catalog, namespace, request));
      }
      if (path.size() == 4) {
        TableIdentifier table = TableIdentifier.of(path.get(1), path.get(3));
        return new Answer(
            OK,
            method.equals("POST")
                ? CatalogHandlers.updateTable(
                    catalog, table, read(exchange, UpdateTableRequest.class))
                : CatalogHandlers.loadTable(catalog, table, SnapshotMode.ALL));
      }
      if (path.size() == 5 && path.get(4).equals("metrics")) {
        return new Answer(NO_CONTENT, null);
      }
    }
    unknown.add(method + " " + exchange.getRequestURI());
    return error(NOT_FOUND, new IllegalArgumentException(String.join("/", path)));
  }

  private <T> T read(HttpExchange exchange, Class<T> type) throws IOException {
    try (InputStream body = exchange.getRequestBody()) {
      return json.readValue(body.readAllBytes(), type);
    }
  }

  @Override
  public void close() throws IOException {
    server.stop(0);
    threads.shutdownNow();
    catalog.close();
  }
}
