package io.millrace.features.kernel;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Random;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;

/** Rows of one field for a kernel: small and extreme values, repeated ones, one in ten null. */
final class RandomValues {
  private final String type;
  private final Random random;

  RandomValues(String kernelId, Random random) {
    this.type =
        kernelId.contains("):") ? kernelId.substring(kernelId.lastIndexOf("):") + 2) : "INT";
    this.random = random;
  }

  RowData row() {
    return GenericRowData.of(random.nextInt(10) == 0 ? null : value());
  }

  private Object value() {
    return switch (type) {
      case "BOOLEAN" -> random.nextBoolean();
      case "TINYINT" -> (byte) random.nextInt(256);
      case "SMALLINT" -> (short) random.nextInt(65536);
      case "INT", "DATE", "TIME(0)" -> (int) number();
      case "BIGINT" -> number();
      case "FLOAT" -> (float) floating();
      case "DOUBLE" -> floating();
      case "DECIMAL(12, 2)" -> DecimalData.fromUnscaledLong(number() % 1_000_000_000_000L, 12, 2);
      case "DECIMAL(38, 10)" ->
          DecimalData.fromBigDecimal(new BigDecimal(new BigInteger(126, random), 10), 38, 10);
      case "TIMESTAMP(3)" -> TimestampData.fromEpochMillis(number());
      case "TIMESTAMP_LTZ(6)" ->
          TimestampData.fromEpochMillis(random.nextInt(5), random.nextInt(1000) * 1000);
      case "STRING" -> StringData.fromString(text());
      case "BYTES" -> text().getBytes(java.nio.charset.StandardCharsets.UTF_8);
      default -> throw new IllegalArgumentException(type);
    };
  }

  private long number() {
    return switch (random.nextInt(8)) {
      case 0 -> random.nextLong();
      case 1 -> Long.MAX_VALUE;
      case 2 -> Long.MIN_VALUE;
      case 3 -> random.nextInt();
      default -> random.nextInt(20) - 10;
    };
  }

  private double floating() {
    return switch (random.nextInt(12)) {
      case 0 -> Double.NaN;
      case 1 -> Double.POSITIVE_INFINITY;
      case 2 -> Double.NEGATIVE_INFINITY;
      case 3 -> -0.0;
      case 4 -> random.nextGaussian() * 1e9;
      default -> random.nextInt(20) - 10;
    };
  }

  private String text() {
    return switch (random.nextInt(6)) {
      case 0 -> "";
      case 1 -> "zürich-🚂-" + random.nextInt(3);
      default -> "ABCDEFGH".substring(random.nextInt(4), 4 + random.nextInt(4));
    };
  }
}
