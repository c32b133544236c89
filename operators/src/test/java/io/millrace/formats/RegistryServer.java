package io.millrace.formats;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Speaks the part of Confluent's REST API that readers use, over HTTP on 127.0.0.1; no registry
 * that can be had from Maven Central is small enough for a test.
 */
final class RegistryServer implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpServer server;
  private final Map<String, String> answers = new ConcurrentHashMap<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final AtomicInteger failures = new AtomicInteger();

  RegistryServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  void register(int id, String schema) {
    answers.put("/schemas/ids/" + id, JSON.createObjectNode().put("schema", schema).toString());
  }

  void register(int id, String schema, String type) {
    answers.put(
        "/schemas/ids/" + id,
        JSON.createObjectNode().put("schema", schema).put("schemaType", type).toString());
  }

  void subject(String subject, int version, String schema) {
    answers.put(
        "/subjects/" + subject + "/versions/" + version,
        JSON.createObjectNode().put("schema", schema).toString());
  }

  /** The versions that a subject has, the last one with this schema. */
  void versions(String subject, int newest, String schema) {
    StringBuilder versions = new StringBuilder("[1");
    for (int version = 2; version <= newest; version++) {
      versions.append(',').append(version);
    }
    subject(subject, newest, schema);
    answers.put("/subjects/" + subject + "/versions", versions.append(']').toString());
  }

  void registerWithReference(int id, String schema, String name, String subject, int version) {
    ObjectNode answer = JSON.createObjectNode().put("schema", schema);
    answer
        .putArray("references")
        .addObject()
        .put("name", name)
        .put("subject", subject)
        .put("version", version);
    answers.put("/schemas/ids/" + id, answer.toString());
  }

  /** The next requests are answered with 503. */
  void failNext(int requests) {
    failures.set(requests);
  }

  List<String> requests() {
    return requests;
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    requests.add(path);
    String answer = answers.get(path);
    int status = failures.getAndDecrement() > 0 ? 503 : answer == null ? 404 : 200;
    byte[] body =
        (status == 200 ? answer : "{\"error_code\":40403,\"message\":\"Schema not found\"}")
            .getBytes(UTF_8);
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
