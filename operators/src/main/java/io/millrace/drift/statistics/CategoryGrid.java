package io.millrace.drift.statistics;

import io.millrace.sketch.Hash64;
import io.millrace.sketch.VarLong;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.table.data.StringData;

/**
 * A bin for each frequent name of a reference, that is one with at least 1/{@value #MAX_NAMES} of
 * the rows; {@value #BUCKETS} for the other names it knows, of which the grid holds a hash; and as
 * many for names it does not know.
 *
 * <p>Which of these buckets a name falls into is up to its hash alone. That matters: bins chosen
 * because the reference has few of a name, or none, hold more of the window even where nothing
 * changed. A rare bucket together with the new one of the same number has no such bias.
 *
 * <p>Bytes: variable-length number of names, each as its length and UTF-8; number of further known
 * names, the hash of each in ascending order; how many of these came once; 1 when new names can be
 * told, else 0.
 */
public final class CategoryGrid extends Grid {
  /** Most names that have a bin of their own. */
  public static final int MAX_NAMES = 256;

  /** Bins of rare names, and bins of new ones. */
  static final int BUCKETS = 16;

  private static final int NO_BIN = -1;

  private final List<String> names;
  private final long[] rare;
  private final int rareSingles;
  private final boolean tellsNew;
  private final Map<StringData, Integer> bins;
  private final long id;

  private CategoryGrid(List<String> names, long[] rare, int rareSingles, boolean tellsNew) {
    this.names = names;
    this.rare = rare;
    this.rareSingles = rareSingles;
    this.tellsNew = tellsNew;
    this.bins = new HashMap<>(names.size() * 2);
    long hash = Hash64.of(names.size() + (tellsNew ? 1L << 32 : 0));
    for (int bin = 0; bin < names.size(); bin++) {
      bins.put(StringData.fromString(names.get(bin)), bin);
      hash = Hash64.of(hash ^ hashOf(names.get(bin)));
    }
    for (long known : rare) {
      hash = Hash64.of(hash ^ known);
    }
    this.id = hash;
  }

  static CategoryGrid of(Map<String, Long> counts, long other) {
    List<Map.Entry<String, Long>> sorted = new ArrayList<>(counts.entrySet());
    sorted.removeIf(entry -> entry.getValue() <= 0);
    sorted.sort(
        Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
            .thenComparing(Map.Entry.comparingByKey()));
    long total = other + sorted.stream().mapToLong(Map.Entry::getValue).sum();
    int own = 0;
    while (own < sorted.size() && sorted.get(own).getValue() * MAX_NAMES >= total) {
      own++;
    }
    List<String> names = sorted.subList(0, own).stream().map(Map.Entry::getKey).toList();
    long[] rare =
        sorted.subList(own, sorted.size()).stream()
            .mapToLong(entry -> hashOf(entry.getKey()))
            .sorted()
            .toArray();
    long singles =
        sorted.subList(own, sorted.size()).stream().filter(e -> e.getValue() == 1).count();
    return new CategoryGrid(names, rare, (int) singles, other == 0);
  }

  static long hashOf(String name) {
    return Hash64.of(name.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public ColumnKind kind() {
    return ColumnKind.CATEGORY;
  }

  @Override
  public int values() {
    return names.size() + 2 * BUCKETS;
  }

  @Override
  public int size() {
    return names.size() + 2 * BUCKETS + 2;
  }

  /** The names that have a bin, in the order of their bins: the most frequent first. */
  public List<String> names() {
    return names;
  }

  /** The first of the {@value #BUCKETS} bins of known names that are too rare for their own. */
  int rareBins() {
    return names.size();
  }

  /** The first of the {@value #BUCKETS} bins of names the reference does not know. */
  int newBins() {
    return names.size() + BUCKETS;
  }

  boolean isNew(int bin) {
    return bin >= newBins() && bin < values();
  }

  /** False where the reference had too many names to remember which it knew. */
  public boolean tellsNew() {
    return tellsNew;
  }

  /** How many of the rare names came once, which says how likely new ones are. */
  int rareSingles() {
    return rareSingles;
  }

  @Override
  public int bin(StringData name) {
    int bin = bins.getOrDefault(name, NO_BIN);
    if (bin != NO_BIN) {
      return bin;
    }
    long hash = Hash64.of(name.toBytes());
    int bucket = (int) (hash >>> 60);
    boolean known = !tellsNew || Arrays.binarySearch(rare, hash) >= 0;
    return (known ? rareBins() : newBins()) + bucket;
  }

  /** What the names count on this grid; {@code other} are rows of names that are not listed. */
  public WindowCounts countCategories(Map<String, Long> counts, long other) {
    WindowCounts window = new WindowCounts(this);
    counts.forEach(window::add);
    window.addTo(rareBins(), other);
    return window;
  }

  @Override
  public String label(int bin) {
    if (bin < names.size()) {
      return names.get(bin);
    }
    if (bin < values()) {
      return isNew(bin) ? "(new)" : "(rare)";
    }
    return bin == nullBin() ? "null" : "NaN";
  }

  /** Own names one by one, and what is rare or new by its bucket, as far as it is known. */
  BinTable table(WindowCounts reference, WindowCounts current) {
    int own = names.size();
    long[] left = new long[own + (tellsNew ? BUCKETS : 1)];
    long[] right = new long[left.length];
    for (int bin = 0; bin < values(); bin++) {
      int row = bin < own ? bin : tellsNew ? own + (bin - own) % BUCKETS : own;
      left[row] += reference.count(bin);
      right[row] += current.count(bin);
    }
    return BinTable.of(left, right);
  }

  @Override
  public long id() {
    return id;
  }

  @Override
  void writeBins(DataOutputView out) throws IOException {
    VarLong.write(names.size(), out);
    for (String name : names) {
      byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
      VarLong.write(bytes.length, out);
      out.write(bytes);
    }
    VarLong.write(rare.length, out);
    for (long known : rare) {
      out.writeLong(known);
    }
    VarLong.write(rareSingles, out);
    out.writeByte(tellsNew ? 1 : 0);
  }

  static CategoryGrid readBins(DataInputView in) throws IOException {
    String[] names = new String[(int) VarLong.read(in)];
    for (int i = 0; i < names.length; i++) {
      byte[] bytes = new byte[(int) VarLong.read(in)];
      in.readFully(bytes);
      names[i] = new String(bytes, StandardCharsets.UTF_8);
    }
    long[] rare = new long[(int) VarLong.read(in)];
    for (int i = 0; i < rare.length; i++) {
      rare[i] = in.readLong();
    }
    int singles = (int) VarLong.read(in);
    return new CategoryGrid(List.of(names), rare, singles, in.readByte() == 1);
  }
}
