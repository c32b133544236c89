package io.millrace.quickstart.cluster;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** The part of the SQL gateway's REST interface that the scripts need. */
final class SqlGatewayRest {

  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final String address;
  private final HttpClient client =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

  /**
   * @param address {@code host:port}
   */
  SqlGatewayRest(String address) {
    this.address = address;
  }

  String url() {
    return "http://" + address;
  }

  /** Whether a SQL gateway listens there. */
  boolean answers() throws InterruptedException {
    try {
      HttpResponse<String> response =
          client.send(
              HttpRequest.newBuilder(URI.create(url() + "/info")).timeout(PATIENCE).GET().build(),
              HttpResponse.BodyHandlers.ofString());
      return response.statusCode() == 200 && response.body().contains("productName");
    } catch (IOException nobody) {
      return false;
    }
  }
}
