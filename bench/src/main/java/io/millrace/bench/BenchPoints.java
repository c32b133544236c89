package io.millrace.bench;

import io.millrace.records.EmbeddedRow;
import io.millrace.records.EmbeddingSchema;
import io.millrace.records.PointIds;
import java.util.Random;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.types.logical.RowType;

/**
 * Rows with vectors of 384 dimensions and five payload fields. The vectors lie around a thousand
 * directions, as texts about a thousand things would: vectors of pure chance have no neighbours
 * worth finding.
 */
final class BenchPoints {

  static final int DIMENSION = 384;
  static final int TENANTS = 100;
  static final String MODEL = "bench";
  static final String TENANT_FIELD = "owner";

  /** As events have it that come at the rate at which they are written. */
  private static final int ROWS_A_MILLISECOND = 20;

  private static final int DIRECTIONS = 1_000;
  private static final double SPREAD = 0.7;
  private static final long NEW_YEAR_2025_MICROS = 1_735_689_600_000_000L;
  private static final RowType PAYLOAD =
      (RowType)
          DataTypes.ROW(
                  DataTypes.FIELD("manufacturer", DataTypes.STRING()),
                  DataTypes.FIELD("model", DataTypes.STRING()),
                  DataTypes.FIELD("year", DataTypes.INT()),
                  DataTypes.FIELD("seats", DataTypes.INT()),
                  DataTypes.FIELD("speed", DataTypes.DOUBLE()))
              .getLogicalType();

  private final float[][] directions = new float[DIRECTIONS][];
  private final Random random;

  BenchPoints(long seed) {
    random = new Random(seed);
    for (int i = 0; i < DIRECTIONS; i++) {
      directions[i] = gaussian(1);
    }
  }

  /**
   * @param tenants whether points belong to somebody; if not, searches ask for nobody's
   */
  static EmbeddingSchema schema(String collection, boolean tenants) {
    return new EmbeddingSchema("bench", "planes", collection, tenants ? TENANT_FIELD : "", PAYLOAD);
  }

  static String tenant(int number) {
    return "owner-" + number % TENANTS;
  }

  /** A vector near one of the directions, not yet of length one, as an encoder's would be. */
  float[] vector() {
    float[] vector = gaussian(SPREAD);
    float[] direction = directions[random.nextInt(DIRECTIONS)];
    double square = 0;
    for (int d = 0; d < DIMENSION; d++) {
      vector[d] += direction[d];
      square += (double) vector[d] * vector[d];
    }
    float length = (float) Math.sqrt(square);
    for (int d = 0; d < DIMENSION; d++) {
      vector[d] /= length;
    }
    return vector;
  }

  private float[] gaussian(double spread) {
    float[] vector = new float[DIMENSION];
    for (int d = 0; d < DIMENSION; d++) {
      vector[d] = (float) (random.nextGaussian() * spread);
    }
    return vector;
  }

  EmbeddedRow row(int number) {
    String key = "{\"tailnum\":\"N%06d\"}".formatted(number);
    String model = "A320-" + random.nextInt(300);
    int seats = 2 + random.nextInt(400);
    return new EmbeddedRow(
        EmbeddedRow.Kind.UPSERT,
        PointIds.of("planes", key, 0),
        key,
        tenant(number),
        0,
        MODEL,
        "%032x".formatted(number),
        NEW_YEAR_2025_MICROS + number / ROWS_A_MILLISECOND * 1_000L,
        "AIRBUS " + model + ", Fixed wing multi engine, Turbo-fan, " + seats + " seats",
        vector(),
        GenericRowData.of(
            StringData.fromString("AIRBUS"),
            StringData.fromString(model),
            1960 + random.nextInt(55),
            seats,
            100 + random.nextInt(4_000) / 10.0));
  }

  /**
   * The same row as it is later.
   *
   * @param micros how much greater its version is
   */
  static EmbeddedRow later(EmbeddedRow row, long micros) {
    return new EmbeddedRow(
        row.kind(),
        row.pointId(),
        row.key(),
        row.tenant(),
        row.chunk(),
        row.model(),
        row.contentHash(),
        row.version() + micros,
        row.text(),
        row.vector(),
        row.payload());
  }
}
