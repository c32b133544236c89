package io.millrace.jobs.contracts;

import io.millrace.contract.ContractVersion;
import io.millrace.contract.ContractVersionJson;
import io.millrace.evolution.ContractLog;
import io.millrace.pipeline.Topics;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The topic of contract versions, read from its beginning to where it ends at the moment. */
public final class KafkaContractLog implements ContractLog {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(KafkaContractLog.class);

  private final Topics topics;

  public KafkaContractLog(Topics topics) {
    this.topics = topics;
  }

  @Override
  public Map<String, ContractVersion> newest() throws IOException {
    Map<String, ContractVersion> newest = new HashMap<>();
    for (ConsumerRecord<byte[], byte[]> record : TopicContent.read(topics, topics.contracts())) {
      if (record.value() == null) {
        continue;
      }
      try {
        ContractVersion version = ContractVersionJson.decode(record.value());
        newest.merge(version.source(), version, KafkaContractLog::newer);
      } catch (IllegalArgumentException unreadable) {
        LOG.warn(
            "Record {} of topic {} is passed over: {}",
            record.offset(),
            record.topic(),
            unreadable.getMessage());
      }
    }
    return newest;
  }

  /** Of equal revisions the later one holds. */
  private static ContractVersion newer(ContractVersion one, ContractVersion later) {
    return later.revision() >= one.revision() ? later : one;
  }
}
