package io.millrace.expressions;

import java.io.Serializable;
import org.apache.flink.table.runtime.generated.GeneratedClass;

/**
 * The generated code of a {@link RowProgram}, for those who call it row by row: an operator with
 * more to do, or a program that is no job at all. Immutable and thread safe; what it opens is not.
 */
public final class RowCode implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Null where the program is the row as it is. */
  private final GeneratedClass<?> generated;

  RowCode(GeneratedClass<?> generated) {
    this.generated = generated;
  }

  /**
   * Compiles the code (some ten milliseconds; once per class loader as long as Flink remembers it)
   * and opens an instance that shares nothing with others.
   *
   * @param classLoader that of the job's code; outside of jobs that of this class will do
   */
  public RowEvaluator open(ClassLoader classLoader) {
    if (generated == null) {
      return new RowEvaluator(null, null);
    }
    RowProgramOperator.OneRow output = new RowProgramOperator.OneRow(null);
    return new RowEvaluator(DetachedCalc.open(generated, classLoader, output), output);
  }

  /** An instance for a program outside of jobs. */
  public RowEvaluator open() {
    return open(RowCode.class.getClassLoader());
  }
}
