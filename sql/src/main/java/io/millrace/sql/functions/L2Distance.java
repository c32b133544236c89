package io.millrace.sql.functions;

/** {@code L2_DISTANCE(a, b)}: the Euclidean distance. */
public final class L2Distance extends VectorFunction {
  private static final long serialVersionUID = 1L;

  @Override
  String sqlName() {
    return "L2_DISTANCE";
  }

  @Override
  VectorFunction another() {
    return new L2Distance();
  }

  @Override
  Double of(double[] a, double[] b) {
    double squares = 0;
    for (int i = 0; i < a.length; i++) {
      double difference = a[i] - b[i];
      squares += difference * difference;
    }
    return Math.sqrt(squares);
  }
}
