package io.millrace.jobs.sinks;

import io.millrace.pipeline.Topics;
import java.io.IOException;

/** The topic on which people speak to the running jobs of a pipeline. */
public final class ControlTopic {
  private ControlTopic() {}

  /**
   * Sends one message and waits until Kafka has it.
   *
   * @param what the message is called when it is not taken
   * @throws IOException if Kafka does not take it within 20 s
   */
  public static void send(Topics topics, byte[] key, byte[] message, String what)
      throws IOException, InterruptedException {
    OneMessage.send(topics, topics.control(), key, message, what);
  }
}
