package io.millrace.sql.scans;

import java.io.IOException;
import java.util.Optional;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;

/**
 * How far a scan has come. There is one for each.
 *
 * @param position of the last row that was handed on; empty at the beginning
 * @param rows how many were
 */
record PagedSplit(String position, long rows) implements SourceSplit {

  static final PagedSplit BEGINNING = new PagedSplit("", 0);

  @Override
  public String splitId() {
    return "all";
  }

  /**
   * What the enumerator has, a split that is to be read or none.
   *
   * <pre>
   * version 1: bool there [, i64 rows, UTF (u16 length, modified UTF-8) position]
   * </pre>
   */
  static final class OptionalSerializer implements SimpleVersionedSerializer<Optional<PagedSplit>> {
    @Override
    public int getVersion() {
      return 1;
    }

    @Override
    public byte[] serialize(Optional<PagedSplit> split) throws IOException {
      DataOutputSerializer out = new DataOutputSerializer(64);
      out.writeBoolean(split.isPresent());
      if (split.isPresent()) {
        out.writeLong(split.get().rows());
        out.writeUTF(split.get().position());
      }
      return out.getCopyOfBuffer();
    }

    @Override
    public Optional<PagedSplit> deserialize(int version, byte[] bytes) throws IOException {
      if (version != 1) {
        throw new IOException("a scan's position of version " + version + "; expected 1");
      }
      DataInputDeserializer in = new DataInputDeserializer(bytes);
      if (!in.readBoolean()) {
        return Optional.empty();
      }
      long rows = in.readLong();
      return Optional.of(new PagedSplit(in.readUTF(), rows));
    }
  }

  /** The same for a split that is there. */
  static final class Serializer implements SimpleVersionedSerializer<PagedSplit> {
    private final OptionalSerializer optional = new OptionalSerializer();

    @Override
    public int getVersion() {
      return optional.getVersion();
    }

    @Override
    public byte[] serialize(PagedSplit split) throws IOException {
      return optional.serialize(Optional.of(split));
    }

    @Override
    public PagedSplit deserialize(int version, byte[] bytes) throws IOException {
      return optional.deserialize(version, bytes).orElseThrow();
    }
  }
}
