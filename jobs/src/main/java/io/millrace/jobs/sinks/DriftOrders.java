package io.millrace.jobs.sinks;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.pipeline.Topics;
import io.millrace.records.DriftControl;
import io.millrace.records.DriftJson;
import java.io.IOException;

/** Sends orders to the drift monitors of running jobs. */
public final class DriftOrders {
  private DriftOrders() {}

  /**
   * @throws IOException if Kafka does not take it within 20 s
   */
  public static void send(Topics topics, DriftControl order)
      throws IOException, InterruptedException {
    ControlTopic.send(topics, order.monitor().getBytes(UTF_8), DriftJson.encode(order), "order");
  }
}
