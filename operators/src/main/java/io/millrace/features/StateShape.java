package io.millrace.features;

import io.millrace.features.kernel.Kernel;
import io.millrace.features.kernel.Layout;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * What decides how a view's state looks: hop, windows, whether there are lifetime totals, the
 * kernels, and which of them each total and the tiles keep. Two views of the same shape can read
 * each other's state; {@link #refusal} says when state cannot be carried over at all.
 */
public final class StateShape implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final int VERSION = 1;

  private final String view;
  private final Hops hops;
  private final long[] windows;
  private final boolean lifetime;
  private final Layout layout;
  private final Kernel[] kernels;
  private final int[][] ofTotal;
  private final int[] ofTile;
  private final int[] partial;
  private final boolean[] isPartial;

  private StateShape(
      String view,
      Hops hops,
      long[] windows,
      boolean lifetime,
      Layout layout,
      int[][] ofTotal,
      int[] ofTile) {
    this.view = view;
    this.hops = hops;
    this.windows = windows;
    this.lifetime = lifetime;
    this.layout = layout;
    this.ofTotal = ofTotal;
    this.ofTile = ofTile;
    if (windows.length == 0 && !lifetime) {
      throw new IllegalArgumentException(view + " has neither windows nor lifetime features");
    }
    kernels = new Kernel[layout.size()];
    for (int k = 0; k < kernels.length; k++) {
      kernels[k] = layout.kernel(k);
    }
    partial = Arrays.stream(ofTile).filter(k -> !kernels[k].invertible()).toArray();
    isPartial = new boolean[kernels.length];
    for (int k : partial) {
      isPartial[k] = true;
    }
  }

  /** The shape of a planned view's state. */
  public static StateShape of(FeaturePlan plan) {
    Layout layout = plan.layout();
    long hop = plan.hopMillis();
    long[] windows = new long[plan.windows()];
    for (int w = 0; w < windows.length; w++) {
      windows[w] = plan.windowMillis(w) / hop;
    }
    int[][] ofTotal = new int[windows.length + 1][];
    for (int cell = 0; cell < ofTotal.length; cell++) {
      ofTotal[cell] = indices(layout, plan.kernelsOfTotal(cell));
    }
    return new StateShape(
        plan.schema().view(),
        new Hops(hop),
        windows,
        plan.hasLifetime(),
        layout,
        ofTotal,
        indices(layout, plan.kernelsOfTile()));
  }

  private static int[] indices(Layout layout, Kernel[] kernels) {
    return Arrays.stream(kernels).mapToInt(kernel -> layout.indexOf(kernel.id())).toArray();
  }

  public String view() {
    return view;
  }

  public Hops hops() {
    return hops;
  }

  public Layout layout() {
    return layout;
  }

  int windows() {
    return windows.length;
  }

  /** Length of a window in tiles. */
  long tiles(int window) {
    return windows[window];
  }

  /** Length of the widest window in tiles; 0 when there is none. */
  long widest() {
    return windows.length == 0 ? 0 : windows[windows.length - 1];
  }

  boolean lifetime() {
    return lifetime;
  }

  /** Cells of totals: one per window, then the lifetime's. */
  int totals() {
    return windows.length + (lifetime ? 1 : 0);
  }

  /** The cell of the lifetime totals. */
  int lifetimeCell() {
    return windows.length;
  }

  Kernel[] kernels() {
    return kernels;
  }

  /** Indices of the kernels that a window's or the lifetime's total keeps. */
  int[] kernelsOfTotal(int cell) {
    return ofTotal[cell];
  }

  /** Indices of the kernels that a tile keeps: those of any window. */
  int[] kernelsOfTile() {
    return ofTile;
  }

  /** Indices of the kernels of tiles that cannot be subtracted and so need partial totals. */
  int[] partialKernels() {
    return partial;
  }

  /** Whether a kernel is one of {@link #partialKernels}. */
  boolean isPartial(int kernel) {
    return isPartial[kernel];
  }

  boolean hasPartials() {
    return partial.length > 0;
  }

  /** Whether windows are so long that partial totals get a third level. */
  boolean hasSuperChunks() {
    return hasPartials() && widest() > 64L * 64;
  }

  /** Words of a ring that holds every chunk of the widest window. */
  int ringWords() {
    return TileRing.wordsFor((widest() >> 6) + 2);
  }

  void write(DataOutputView out) throws IOException {
    out.writeInt(VERSION);
    out.writeUTF(view);
    out.writeLong(hops.millis());
    out.writeInt(windows.length);
    for (long window : windows) {
      out.writeLong(window);
    }
    out.writeBoolean(lifetime);
    List<String> ids = layout.ids();
    out.writeInt(ids.size());
    for (String id : ids) {
      out.writeUTF(id);
    }
    for (int[] kernelsOfTotal : ofTotal) {
      write(kernelsOfTotal, out);
    }
    write(ofTile, out);
  }

  private static void write(int[] indices, DataOutputView out) throws IOException {
    out.writeInt(indices.length);
    for (int index : indices) {
      out.writeInt(index);
    }
  }

  private static int[] readIndices(DataInputView in) throws IOException {
    int[] indices = new int[in.readInt()];
    for (int i = 0; i < indices.length; i++) {
      indices[i] = in.readInt();
    }
    return indices;
  }

  static StateShape read(DataInputView in) throws IOException {
    int version = in.readInt();
    if (version != VERSION) {
      throw new IOException(
          "feature state of format "
              + version
              + ", this release reads "
              + VERSION
              + ": restore it with the release that wrote it or a later one");
    }
    String view = in.readUTF();
    Hops hops = new Hops(in.readLong());
    long[] windows = new long[in.readInt()];
    for (int w = 0; w < windows.length; w++) {
      windows[w] = in.readLong();
    }
    boolean lifetime = in.readBoolean();
    List<String> ids = new ArrayList<>();
    for (int k = in.readInt(); k > 0; k--) {
      ids.add(in.readUTF());
    }
    int[][] ofTotal = new int[windows.length + 1][];
    for (int cell = 0; cell < ofTotal.length; cell++) {
      ofTotal[cell] = readIndices(in);
    }
    int[] ofTile = readIndices(in);
    return new StateShape(view, hops, windows, lifetime, Layout.ofIds(ids), ofTotal, ofTile);
  }

  /**
   * Why state of the older shape cannot become state of this one, or null when it can. Features and
   * windows may come and go; tiles of another length or sums of another type cannot be converted.
   */
  String refusal(StateShape older) {
    if (!hops.equals(older.hops)) {
      return message(
          "tiles of " + older.hops.millis() + " ms",
          "hop is now " + hops.millis() + " ms",
          "set hop back to " + older.hops.millis() + "ms");
    }
    for (Kernel now : kernels) {
      for (Kernel was : older.kernels) {
        if (!now.id().equals(was.id()) && untyped(now.id()).equals(untyped(was.id()))) {
          return message(was.id(), "the view now computes " + now.id(), "keep the field's type");
        }
      }
    }
    return null;
  }

  private String message(String was, String is, String cure) {
    return "view "
        + view
        + ": the savepoint holds "
        + was
        + ", but "
        + is
        + "; "
        + cure
        + ", or give the view a new name so that it starts empty";
  }

  private static String untyped(String id) {
    int colon = id.lastIndexOf("):");
    return colon < 0 ? id : id.substring(0, colon);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof StateShape that
        && hops.equals(that.hops)
        && Arrays.equals(windows, that.windows)
        && lifetime == that.lifetime
        && Arrays.deepEquals(ofTotal, that.ofTotal)
        && Arrays.equals(ofTile, that.ofTile)
        && layout.equals(that.layout);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(windows) + layout.hashCode();
  }

  @Override
  public String toString() {
    return view + " hop=" + hops.millis() + "ms windows=" + Arrays.toString(windows) + " " + layout;
  }
}
