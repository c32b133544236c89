package io.millrace.jobs.backfill;

import io.millrace.features.SavepointLists;
import io.millrace.jobs.Uids;
import io.millrace.pipeline.KafkaOrigin;
import io.millrace.pipeline.Source;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.apache.flink.connector.kafka.source.enumerator.KafkaSourceEnumState;
import org.apache.flink.connector.kafka.source.enumerator.KafkaSourceEnumStateSerializer;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplitSerializer;
import org.apache.flink.core.io.SimpleVersionedSerialization;
import org.apache.flink.runtime.checkpoint.OperatorState;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.memory.ByteStreamStateHandle;
import org.apache.kafka.common.TopicPartition;

/**
 * Where a job goes on reading a source's topic, as its savepoint says: by partition the offset of
 * the next record.
 *
 * <p>A Kafka source keeps its splits in two places. Each reader has a list {@code
 * SourceReaderState} of those it reads, each with the offset of the next record; the coordinator
 * has those that no reader was given yet, and knows all others:
 *
 * <pre>
 *   coordinator   int 1, the form of what follows
 *                 int version of the enumerator's state, int length, its bytes
 * </pre>
 */
final class SourceOffsets {
  private static final ListStateDescriptor<byte[]> SPLITS =
      new ListStateDescriptor<>("SourceReaderState", BytePrimitiveArraySerializer.INSTANCE);
  private static final KafkaPartitionSplitSerializer SPLIT = new KafkaPartitionSplitSerializer();
  private static final KafkaSourceEnumStateSerializer ENUMERATOR =
      new KafkaSourceEnumStateSerializer();
  private static final int COORDINATOR_FORM = 1;

  private SourceOffsets() {}

  /** The uid of the operator that reads a source. */
  static String uid(Source source) {
    return Uids.source(source.name()) + "-read";
  }

  /**
   * Reads the offsets from a savepoint.
   *
   * @param beginnings the first offset of each partition that the topic has by now: that of
   *     partitions which the job had not begun to read, or not known
   * @throws IOException if the savepoint knows no such source, read another topic, or does not say
   *     where it goes on
   */
  static SortedMap<Integer, Long> of(
      Savepoint savepoint, Source source, KafkaOrigin origin, Map<Integer, Long> beginnings)
      throws IOException {
    OperatorState state =
        savepoint
            .operator(uid(source))
            .orElseThrow(
                () ->
                    new IOException(
                        ("the savepoint %s has no state of source %s (operator %s): it is of"
                                + " another pipeline, or of a job that did not read this source")
                            .formatted(savepoint.folder(), source.name(), uid(source))));
    SortedMap<Integer, Long> offsets = new TreeMap<>(beginnings);
    for (KafkaPartitionSplit split : splits(state)) {
      if (!split.getTopic().equals(origin.topic())) {
        throw new IOException(
            "the savepoint %s was read from topic %s, source %s is now topic %s: a view cannot begin with the history of one and go on with the other"
                .formatted(savepoint.folder(), split.getTopic(), source.name(), origin.topic()));
      }
      long offset = split.getStartingOffset();
      if (offset >= 0) {
        offsets.put(split.getPartition(), offset);
      } else if (offset != KafkaPartitionSplit.EARLIEST_OFFSET) {
        throw new IOException(
            "the savepoint %s does not say where partition %d of topic %s is read on, since nothing was read of it yet: let the job read its first records, and take another one"
                .formatted(savepoint.folder(), split.getPartition(), split.getTopic()));
      }
    }
    return offsets;
  }

  private static List<KafkaPartitionSplit> splits(OperatorState state) throws IOException {
    List<KafkaPartitionSplit> splits = new ArrayList<>();
    if (state.getCoordinatorState() != null) {
      splits.addAll(enumerator(state.getCoordinatorState()).unassignedSplits());
    }
    for (byte[] bytes : SavepointLists.read(state, SPLITS, false)) {
      splits.add(SimpleVersionedSerialization.readVersionAndDeSerialize(SPLIT, bytes));
    }
    return splits;
  }

  private static KafkaSourceEnumState enumerator(ByteStreamStateHandle handle) throws IOException {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(handle.getData()))) {
      int form = in.readInt();
      if (form > COORDINATOR_FORM) {
        throw new IOException(
            "the state of a source is of form " + form + ", known is " + COORDINATOR_FORM);
      }
      int version = in.readInt();
      byte[] bytes = new byte[in.readInt()];
      in.readFully(bytes);
      return ENUMERATOR.deserialize(version, bytes);
    }
  }

  /**
   * The state of a source that goes on at some offsets. Partitions that are not named begin with
   * their first record.
   *
   * @param folder of the savepoint that it is for
   */
  static OperatorState state(
      Source source,
      KafkaOrigin origin,
      Map<Integer, Long> offsets,
      int maxParallelism,
      String folder)
      throws IOException {
    List<KafkaPartitionSplit> splits = new ArrayList<>();
    List<byte[]> written = new ArrayList<>();
    for (Map.Entry<Integer, Long> offset : new TreeMap<>(offsets).entrySet()) {
      KafkaPartitionSplit split =
          new KafkaPartitionSplit(
              new TopicPartition(origin.topic(), offset.getKey()), offset.getValue());
      splits.add(split);
      written.add(SimpleVersionedSerialization.writeVersionAndSerialize(SPLIT, split));
    }
    String uid = uid(source);
    OperatorState state = new OperatorState(null, uid, Savepoint.id(uid), 1, maxParallelism);
    state.putState(
        0,
        OperatorSubtaskState.builder()
            .setManagedOperatorState(SavepointLists.write(folder, SPLITS, false, written))
            .build());
    byte[] known = ENUMERATOR.serialize(new KafkaSourceEnumState(splits, List.of(), true));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeInt(COORDINATOR_FORM);
    out.writeInt(ENUMERATOR.getVersion());
    out.writeInt(known.length);
    out.write(known);
    state.setCoordinatorState(new ByteStreamStateHandle(uid, bytes.toByteArray()));
    return state;
  }
}
