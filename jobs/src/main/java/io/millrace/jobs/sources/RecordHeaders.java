package io.millrace.jobs.sources;

import io.millrace.records.DeadLetter;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/** The headers of a Kafka record as a dead letter keeps them. */
public final class RecordHeaders {
  private RecordHeaders() {}

  /** In the record's order. */
  public static List<DeadLetter.Header> of(ConsumerRecord<?, ?> record) {
    List<DeadLetter.Header> headers = new ArrayList<>();
    for (Header header : record.headers()) {
      byte[] value = header.value();
      headers.add(new DeadLetter.Header(header.key(), value == null ? new byte[0] : value));
    }
    return headers;
  }
}
