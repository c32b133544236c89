package io.millrace.drift.statistics;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.sketch.Hash64;
import io.millrace.sketch.VarLong;
import java.io.IOException;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * How often each category occurred, in bounded room: exact while there are at most {@code limit}
 * different ones. Of more, those with the smallest hashes are kept, each with its exact count, and
 * the others are one sum. Which ones are kept follows from the categories alone, so neither order
 * nor how the tally was merged from parts makes a difference (while nothing is taken back); and a
 * category explosion, such as an identifier that is new in every row, costs no more than the limit.
 *
 * <pre>
 *   varlong         number of categories
 *   signed varlong  count of the others
 *   byte            1: categories were dropped
 *   per category, in the order of their names
 *     varlong         number of bytes
 *     bytes           UTF-8
 *     signed varlong  count
 * </pre>
 *
 * <p>NOT thread safe.
 */
public final class CategoryTally {

  /** Categories of a reference. */
  public static final int REFERENCE_LIMIT = 1_000;

  private final int limit;
  private final Map<String, Long> counts = new HashMap<>();

  /** By hash, the greatest last; only kept once the limit was reached. */
  private TreeMap<Long, String> byHash;

  private long others;
  private boolean dropped;

  /**
   * @param limit most categories that are told apart
   */
  public CategoryTally(int limit) {
    if (limit < 1) {
      throw new IllegalArgumentException("a tally tells at least one category, not " + limit);
    }
    this.limit = limit;
  }

  /**
   * Counts a category.
   *
   * @param count how often; negative takes back
   */
  public void add(String category, long count) {
    Long present = counts.get(category);
    if (present != null) {
      counts.put(category, present + count);
      return;
    }
    if (counts.size() < limit) {
      counts.put(category, count);
      return;
    }
    dropped = true;
    sortByHash();
    long hash = hash(category);
    if (hash > byHash.lastKey()) {
      others += count;
      return;
    }
    String greatest = byHash.pollLastEntry().getValue();
    others += counts.remove(greatest);
    counts.put(category, count);
    byHash.put(hash, category);
  }

  /** Takes in all of another tally of the same limit. */
  public void merge(CategoryTally other) {
    other.counts.forEach(this::add);
    others += other.others;
    dropped |= other.dropped;
  }

  private void sortByHash() {
    if (byHash == null) {
      byHash = new TreeMap<>();
      for (String category : counts.keySet()) {
        byHash.put(hash(category), category);
      }
    }
  }

  private static long hash(String category) {
    return Hash64.of(category.getBytes(UTF_8));
  }

  /** Categories with a positive count, by name. */
  public Map<String, Long> counts() {
    Map<String, Long> positive = new TreeMap<>(counts);
    positive.values().removeIf(count -> count <= 0);
    return Collections.unmodifiableMap(positive);
  }

  /** How often others than {@link #counts} occurred. */
  public long others() {
    return Math.max(0, others);
  }

  /** Whether there were more categories than the limit. */
  public boolean isExploded() {
    return dropped;
  }

  /** How many values are counted. */
  public long count() {
    return others + counts.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Writes the tally as drawn above. */
  public void write(DataOutputView out) throws IOException {
    VarLong.write(counts.size(), out);
    VarLong.writeSigned(others, out);
    out.writeByte(dropped ? 1 : 0);
    for (Map.Entry<String, Long> entry : new TreeMap<>(counts).entrySet()) {
      byte[] name = entry.getKey().getBytes(UTF_8);
      VarLong.write(name.length, out);
      out.write(name);
      VarLong.writeSigned(entry.getValue(), out);
    }
  }

  /** Reads what {@link #write} wrote. */
  public static CategoryTally read(int limit, DataInputView in) throws IOException {
    CategoryTally tally = new CategoryTally(limit);
    int size = (int) VarLong.read(in);
    tally.others = VarLong.readSigned(in);
    boolean dropped = in.readByte() != 0;
    for (int i = 0; i < size; i++) {
      byte[] name = new byte[(int) VarLong.read(in)];
      in.readFully(name);
      tally.counts.put(new String(name, UTF_8), VarLong.readSigned(in));
    }
    tally.dropped = dropped;
    return tally;
  }
}
