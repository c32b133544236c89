package io.millrace.jobs.sources;

import io.millrace.records.DeadLetter;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/** Where a Kafka record lay, as a dead letter keeps it: with its key and its headers. */
final class RecordCoordinates {
  private RecordCoordinates() {}

  static DeadLetter.Coordinates of(ConsumerRecord<byte[], byte[]> record) {
    return DeadLetter.Coordinates.kafka(
        record.topic(), record.partition(), record.offset(), record.key(), headers(record));
  }

  /** In the record's order. */
  private static List<DeadLetter.Header> headers(ConsumerRecord<byte[], byte[]> record) {
    List<DeadLetter.Header> headers = new ArrayList<>();
    for (Header header : record.headers()) {
      byte[] value = header.value();
      headers.add(new DeadLetter.Header(header.key(), value == null ? new byte[0] : value));
    }
    return headers;
  }
}
