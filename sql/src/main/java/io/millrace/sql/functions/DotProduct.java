package io.millrace.sql.functions;

/**
 * {@code DOT_PRODUCT(a, b)}, or {@code `DOT`(a, b)} because the word is SQL's own: the dot product;
 * of vectors of length 1, as all models of Millrace give them, the same as {@link
 * CosineSimilarity}.
 */
public final class DotProduct extends VectorFunction {
  private static final long serialVersionUID = 1L;

  @Override
  String sqlName() {
    return "DOT_PRODUCT";
  }

  @Override
  VectorFunction another() {
    return new DotProduct();
  }

  @Override
  Double of(double[] a, double[] b) {
    return dot(a, b);
  }
}
