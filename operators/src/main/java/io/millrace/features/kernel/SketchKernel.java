package io.millrace.features.kernel;

import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * A kernel whose cells hold nothing but a sketch, made with the cell's first value. Sketches merge
 * and cannot be subtracted.
 *
 * @param <S> the sketch
 */
abstract class SketchKernel<S> extends Kernel {
  private static final long serialVersionUID = 1L;

  private static final int OBJECT_VERSION = 1;

  SketchKernel(String id) {
    super(id);
  }

  /** A sketch of nothing. */
  abstract S newSketch();

  abstract void merge(S sketch, S other);

  abstract void write(S sketch, DataOutputView out) throws IOException;

  abstract S read(DataInputView in) throws IOException;

  abstract S copy(S sketch);

  @Override
  final int words() {
    return 0;
  }

  @Override
  final boolean hasObject() {
    return true;
  }

  @Override
  public final void merge(Cells cells, int cell, Cells from, int fromCell) {
    S other = sketchOrNull(from, fromCell);
    if (other != null) {
      merge(sketch(cells, cell), other);
    }
  }

  @Override
  public final boolean subtract(Cells cells, int cell, Cells from, int fromCell) {
    return sketchOrNull(from, fromCell) == null;
  }

  /** The cell's sketch, made if there is none. */
  final S sketch(Cells cells, int cell) {
    S sketch = sketchOrNull(cells, cell);
    if (sketch == null) {
      sketch = newSketch();
      cells.objects[objectAt(cells, cell)] = sketch;
    }
    return sketch;
  }

  /** The cell's sketch, null while the cell is empty. */
  final S sketchOrNull(Cells cells, int cell) {
    return typed(cells.objects[objectAt(cells, cell)]);
  }

  @Override
  final void writeObject(Object object, DataOutputView out) throws IOException {
    out.writeByte(OBJECT_VERSION);
    write(typed(object), out);
  }

  @Override
  final Object readObject(DataInputView in) throws IOException {
    Versions.expect(OBJECT_VERSION, in, this);
    return read(in);
  }

  @Override
  final Object copyObject(Object object) {
    return copy(typed(object));
  }

  @SuppressWarnings("unchecked") // only this kernel puts objects where it looks for them
  private S typed(Object object) {
    return (S) object;
  }
}
