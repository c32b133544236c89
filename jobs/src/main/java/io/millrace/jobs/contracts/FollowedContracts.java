package io.millrace.jobs.contracts;

import io.millrace.contract.ContractVersion;
import io.millrace.evolution.SourceContract;
import io.millrace.ingest.ContractOverlay;
import io.millrace.pipeline.Pipeline;
import io.millrace.pipeline.Source;
import io.millrace.pipeline.Topics;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Map;
import org.apache.kafka.common.utils.Utils;

/**
 * The newest versions of a pipeline's contracts, with the renames and types that its job has
 * learned, for whoever reads records again: as the job would take them by now. Where the topic of
 * contracts is out of reach the contract files are followed instead. The topic is read once, when a
 * contract is asked for. NOT thread safe.
 */
public final class FollowedContracts {
  private static final int CONNECT_MILLIS = 1_000;

  private final Topics topics;
  private Map<String, ContractVersion> learned;
  private String outOfReach = "";

  private FollowedContracts(Topics topics) {
    this.topics = topics;
  }

  /** Those of a pipeline. */
  public static FollowedContracts of(Pipeline pipeline) {
    return new FollowedContracts(pipeline.topics());
  }

  /**
   * The version to follow. Waits up to a second for each Kafka server that neither answers nor
   * refuses, and for the topic's content up to 30 s. Changes of tables are decided by the contract
   * file, as in the job.
   */
  public FollowedContract of(Source source) {
    if (source.isChangelog()) {
      return FollowedContract.ofFile(source.contract().version());
    }
    if (learned == null) {
      learned = read();
    }
    ContractVersion newest = SourceContract.of(source).newest(learned.get(source.name()));
    return new FollowedContract(ContractOverlay.of(newest, source.contract()), outOfReach);
  }

  private Map<String, ContractVersion> read() {
    if (!answers()) {
      outOfReach = "Kafka at " + topics.bootstrapServers() + " does not answer";
      return Map.of();
    }
    try {
      return new KafkaContractLog(topics).newest();
    } catch (IOException unreadable) {
      outOfReach = unreadable.getMessage();
      return Map.of();
    }
  }

  /** Kafka's client would ask for half a minute. */
  private boolean answers() {
    for (String server : topics.bootstrapServers().split(",")) {
      String host = Utils.getHost(server.strip());
      Integer port = Utils.getPort(server.strip());
      if (host == null || port == null) {
        continue;
      }
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress(host, port), CONNECT_MILLIS);
        return true;
      } catch (IOException | IllegalArgumentException silent) {
        // The next one may answer.
      }
    }
    return false;
  }
}
