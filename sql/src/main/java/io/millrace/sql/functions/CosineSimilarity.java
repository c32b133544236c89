package io.millrace.sql.functions;

/**
 * {@code COSINE_SIMILARITY(a, b)}: the cosine of the angle between two vectors, from -1 to 1; null
 * where one of them is zero and has no direction.
 */
public final class CosineSimilarity extends VectorFunction {
  private static final long serialVersionUID = 1L;

  @Override
  String sqlName() {
    return "COSINE_SIMILARITY";
  }

  @Override
  VectorFunction another() {
    return new CosineSimilarity();
  }

  @Override
  Double of(double[] a, double[] b) {
    double lengths = Math.sqrt(dot(a, a)) * Math.sqrt(dot(b, b));
    return lengths == 0 ? null : Math.max(-1, Math.min(1, dot(a, b) / lengths));
  }
}
