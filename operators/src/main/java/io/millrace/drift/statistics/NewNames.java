package io.millrace.drift.statistics;

import io.millrace.sketch.VarLong;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Names a reference did not know and how often each came: all of them while they are few, and the
 * {@value #KEPT} with the smallest hashes of any number. A name that is kept in the end was kept
 * all along, so its count is exact, and which are kept depends on neither order nor merging.
 *
 * <p>Bytes: variable-length number of names; of each the length and its UTF-8, and the count,
 * signed. NOT thread safe.
 */
final class NewNames {
  static final int KEPT = 64;

  private record Ticket(long hash, String name) {}

  private static final Comparator<Ticket> BY_HASH =
      Comparator.<Ticket>comparingLong(ticket -> ticket.hash + Long.MIN_VALUE)
          .thenComparing(Ticket::name);

  private final TreeMap<Ticket, Long> kept = new TreeMap<>(BY_HASH);

  void add(String name, long times) {
    Ticket ticket = new Ticket(CategoryGrid.hashOf(name), name);
    if (kept.size() == KEPT && BY_HASH.compare(ticket, kept.lastKey()) > 0) {
      return;
    }
    kept.merge(ticket, times, Long::sum);
    if (kept.size() > KEPT) {
      kept.pollLastEntry();
    }
  }

  void merge(NewNames other, int sign) {
    other.kept.forEach((ticket, times) -> add(ticket.name, sign * times));
  }

  /** The names that still count, the most frequent first. */
  Map<String, Long> counts() {
    Map<String, Long> counts = new LinkedHashMap<>();
    kept.entrySet().stream()
        .filter(entry -> entry.getValue() > 0)
        .sorted(
            Map.Entry.<Ticket, Long>comparingByValue(Comparator.reverseOrder())
                .thenComparing(entry -> entry.getKey().name))
        .forEach(entry -> counts.put(entry.getKey().name, entry.getValue()));
    return counts;
  }

  void write(DataOutputView out) throws IOException {
    VarLong.write(kept.size(), out);
    for (Map.Entry<Ticket, Long> entry : kept.entrySet()) {
      byte[] bytes = entry.getKey().name.getBytes(StandardCharsets.UTF_8);
      VarLong.write(bytes.length, out);
      out.write(bytes);
      VarLong.writeSigned(entry.getValue(), out);
    }
  }

  static NewNames read(DataInputView in) throws IOException {
    NewNames names = new NewNames();
    for (long left = VarLong.read(in); left > 0; left--) {
      byte[] bytes = new byte[(int) VarLong.read(in)];
      in.readFully(bytes);
      names.add(new String(bytes, StandardCharsets.UTF_8), VarLong.readSigned(in));
    }
    return names;
  }
}
