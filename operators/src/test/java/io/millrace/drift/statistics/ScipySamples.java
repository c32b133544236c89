package io.millrace.drift.statistics;

import com.fasterxml.jackson.databind.JsonNode;

/** Draws the samples of {@code src/test/scipy/drift_golden.py} from their seeds. */
final class ScipySamples {
  private long state;

  private ScipySamples(long seed) {
    this.state = seed;
  }

  static double[] draw(JsonNode spec) {
    ScipySamples random = new ScipySamples(spec.get("seed").asLong());
    double a = spec.get("a").asDouble();
    double b = spec.get("b").asDouble();
    double[] values = new double[spec.get("n").asInt()];
    for (int i = 0; i < values.length; i++) {
      double value =
          switch (spec.get("kind").asText()) {
            case "uniform" -> a + (b - a) * random.uniform();
            case "normal" -> a + b * random.normal();
            case "lognormal" -> Math.exp(a + b * random.normal());
            case "ties" -> Math.floor(a + b * random.uniform());
            case "rounded" -> Math.floor(a + b * random.normal());
            case "constant" -> a + 0 * random.uniform();
            case "heavy_tail" -> Math.floor(a * Math.pow(1 - random.uniform(), -b));
            case "mostly_zero" -> random.uniform() < 0.3 ? a + b * random.normal() : 0.0;
            default -> throw new IllegalArgumentException(spec.toString());
          };
      values[i] = random.uniform() < spec.get("nan").asDouble() ? Double.NaN : value;
    }
    return values;
  }

  private double uniform() {
    state += 0x9E3779B97F4A7C15L;
    long z = state;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return ((z ^ (z >>> 31)) >>> 11) * 0x1p-53;
  }

  private double normal() {
    double u = 1 - uniform();
    return Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * uniform());
  }
}
