package io.millrace.ingest;

import io.millrace.pipeline.SchemaDrift.Kind;
import io.millrace.records.DeadLetter;
import io.millrace.records.DeadLetterReason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * {@link Drift} between operators.
 *
 * <pre>
 * outcome 1, raw (length 4, bytes), record time 8, coordinates,
 * problem (0, or 1 and reason, field, message as texts),
 * number of deviations 2, each: kind 1, outcome 1, field, found, expected, sample as texts;
 * number of absent fields 2, each a text;   a text: length 4, UTF-8 bytes
 * </pre>
 *
 * @param coordinates their serializer
 */
record DriftFormat(TypeSerializer<DeadLetter.Coordinates> coordinates)
    implements java.io.Serializable {

  private static final Deviation.Outcome[] OUTCOMES = Deviation.Outcome.values();
  private static final Kind[] KINDS = Kind.values();

  void write(Drift drift, DataOutputView out) throws IOException {
    out.writeByte(drift.outcome().ordinal());
    writeBytes(drift.raw(), out);
    out.writeLong(drift.recordTimeMillis());
    coordinates.serialize(drift.coordinates(), out);
    Decoding.Problem problem = drift.problem();
    out.writeBoolean(problem != null);
    if (problem != null) {
      writeText(problem.reason().name(), out);
      writeText(problem.field(), out);
      writeText(problem.message(), out);
    }
    out.writeShort(drift.deviations().size());
    for (Deviation deviation : drift.deviations()) {
      out.writeByte(deviation.kind().ordinal());
      out.writeByte(deviation.outcome().ordinal());
      writeText(deviation.field(), out);
      writeText(deviation.found(), out);
      writeText(deviation.expected(), out);
      writeText(deviation.sample(), out);
    }
    out.writeShort(drift.absent().size());
    for (String name : drift.absent()) {
      writeText(name, out);
    }
  }

  Drift read(DataInputView in) throws IOException {
    Deviation.Outcome outcome = OUTCOMES[in.readByte()];
    byte[] raw = readBytes(in);
    long recordTimeMillis = in.readLong();
    DeadLetter.Coordinates at = coordinates.deserialize(in);
    Decoding.Problem problem =
        in.readBoolean()
            ? new Decoding.Problem(
                DeadLetterReason.valueOf(readText(in)), readText(in), readText(in))
            : null;
    int count = in.readUnsignedShort();
    List<Deviation> deviations = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      Kind kind = KINDS[in.readByte()];
      Deviation.Outcome became = OUTCOMES[in.readByte()];
      deviations.add(
          new Deviation(kind, readText(in), readText(in), readText(in), readText(in), became));
    }
    int absentCount = in.readUnsignedShort();
    List<String> absent = new ArrayList<>(absentCount);
    for (int i = 0; i < absentCount; i++) {
      absent.add(readText(in));
    }
    return new Drift(raw, at, recordTimeMillis, outcome, problem, deviations, absent);
  }

  private static void writeText(String text, DataOutputView out) throws IOException {
    writeBytes(text.getBytes(StandardCharsets.UTF_8), out);
  }

  private static String readText(DataInputView in) throws IOException {
    return new String(readBytes(in), StandardCharsets.UTF_8);
  }

  private static void writeBytes(byte[] bytes, DataOutputView out) throws IOException {
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  private static byte[] readBytes(DataInputView in) throws IOException {
    byte[] bytes = new byte[in.readInt()];
    in.readFully(bytes);
    return bytes;
  }
}
