package io.millrace.duplicates.linkage;

import io.millrace.sketch.VarLong;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * A row as it is compared: made by {@link Linkage#record}.
 *
 * @param id tells the rows apart
 * @param values one for each compared field, in their order, in the plain form of {@link
 *     PlainText}; null for a value that is missing
 */
public record ComparedRecord(String id, List<String> values) {
  public ComparedRecord {
    // Lists of List.of hold no nulls.
    values = Collections.unmodifiableList(new ArrayList<>(values));
  }

  /**
   * Writes {@code text id | u8 fields | {text or nothing} of each}: a text is {@code varlong 1 +
   * bytes, utf-8}, nothing is {@code 0}.
   */
  public void write(DataOutputView out) throws IOException {
    write(id, out);
    out.writeByte(values.size());
    for (String value : values) {
      write(value, out);
    }
  }

  public static ComparedRecord read(DataInputView in) throws IOException {
    String id = text(in);
    int fields = in.readUnsignedByte();
    List<String> values = new ArrayList<>(fields);
    for (int field = 0; field < fields; field++) {
      values.add(text(in));
    }
    return new ComparedRecord(id, values);
  }

  private static void write(String text, DataOutputView out) throws IOException {
    if (text == null) {
      VarLong.write(0, out);
      return;
    }
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    VarLong.write(bytes.length + 1L, out);
    out.write(bytes);
  }

  private static String text(DataInputView in) throws IOException {
    long length = VarLong.read(in);
    if (length == 0) {
      return null;
    }
    byte[] bytes = new byte[(int) length - 1];
    in.readFully(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
