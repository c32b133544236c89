package io.millrace.sql.functions;

import io.millrace.drift.statistics.ColumnTally;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.base.TypeSerializerSingleton;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Writes {@link Tallies}.
 *
 * <pre>
 *   byte    format version, 1
 *   byte    1: a reference follows, 2: other rows follow, 4: a parameter follows; or their sum
 *   double  parameter
 *   tally   reference, see ColumnTally
 *   tally   other rows
 * </pre>
 */
public final class TalliesSerializer extends TypeSerializerSingleton<Tallies> {
  private static final long serialVersionUID = 1L;

  public static final TalliesSerializer INSTANCE = new TalliesSerializer();

  private static final int VERSION = 1;
  private static final int REFERENCE = 1;
  private static final int CURRENT = 2;
  private static final int PARAMETER = 4;

  @Override
  public void serialize(Tallies tallies, DataOutputView out) throws IOException {
    boolean hasParameter = !Double.isNaN(tallies.parameter());
    out.writeByte(VERSION);
    out.writeByte(
        (tallies.reference().isPresent() ? REFERENCE : 0)
            | (tallies.current().isPresent() ? CURRENT : 0)
            | (hasParameter ? PARAMETER : 0));
    if (hasParameter) {
      out.writeDouble(tallies.parameter());
    }
    if (tallies.reference().isPresent()) {
      tallies.reference().get().write(out);
    }
    if (tallies.current().isPresent()) {
      tallies.current().get().write(out);
    }
  }

  @Override
  public Tallies deserialize(DataInputView in) throws IOException {
    return deserialize(new Tallies(), in);
  }

  @Override
  public Tallies deserialize(Tallies reuse, DataInputView in) throws IOException {
    int version = in.readByte();
    if (version != VERSION) {
      throw new IOException(
          "accumulator of format %d, this release reads %d; use the newer one"
              .formatted(version, VERSION));
    }
    int parts = in.readByte();
    double parameter = (parts & PARAMETER) != 0 ? in.readDouble() : Double.NaN;
    ColumnTally reference = (parts & REFERENCE) != 0 ? ColumnTally.read(Tallies.LIMIT, in) : null;
    ColumnTally current = (parts & CURRENT) != 0 ? ColumnTally.read(Tallies.LIMIT, in) : null;
    reuse.set(reference, current, parameter);
    return reuse;
  }

  @Override
  public void copy(DataInputView source, DataOutputView target) throws IOException {
    serialize(deserialize(source), target);
  }

  @Override
  public Tallies copy(Tallies from) {
    Tallies copy = new Tallies();
    copy.merge(from);
    return copy;
  }

  @Override
  public Tallies copy(Tallies from, Tallies reuse) {
    return copy(from);
  }

  @Override
  public Tallies createInstance() {
    return new Tallies();
  }

  @Override
  public boolean isImmutableType() {
    return false;
  }

  @Override
  public int getLength() {
    return -1;
  }

  @Override
  public TypeSerializerSnapshot<Tallies> snapshotConfiguration() {
    return new Snapshot();
  }

  /** The format is said by the version in each record. */
  public static final class Snapshot extends SimpleTypeSerializerSnapshot<Tallies> {
    public Snapshot() {
      super(() -> INSTANCE);
    }
  }
}
