package io.millrace.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.millrace.records.DeadLetterReason;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Random;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.types.logical.RowType;
import org.junit.jupiter.api.Test;

/** Damaged records, with Jackson's tree of the same bytes as the oracle. */
class JsonRowDecoderFuzzTest {

  private static final RowType TYPE =
      (RowType)
          DataTypes.ROW(
                  DataTypes.FIELD("id", DataTypes.STRING().notNull()),
                  DataTypes.FIELD("flight", DataTypes.INT()),
                  DataTypes.FIELD("delay", DataTypes.DOUBLE()),
                  DataTypes.FIELD("fare", DataTypes.DECIMAL(8, 2)),
                  DataTypes.FIELD("cancelled", DataTypes.BOOLEAN()),
                  DataTypes.FIELD("at", DataTypes.TIMESTAMP_LTZ(3)),
                  DataTypes.FIELD(
                      "plane",
                      DataTypes.ROW(DataTypes.FIELD("seats", DataTypes.BIGINT().notNull()))))
              .notNull()
              .getLogicalType();

  private static final String[] PARTS = {
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "null",
    "true",
    "-",
    "1e9",
    "0",
    "9999999999",
    "\\u00e9",
    "\\ud800",
    "\"id\":\"x\",",
    "\"flight\":1,",
    "é",
    "😀",
    " ",
    "\n",
    ".5",
    "1.234",
    "\u0000"
  };

  private static final JsonMapper ORACLE =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  private final JsonRowDecoder decoder = new JsonRowDecoder(TYPE);

  @Test
  void shouldAcceptExactlyWhatTheOracleAcceptsAndReadTheSame() {
    long seed = 8259;
    Random random = new Random(seed);
    int rows = 0;
    for (int i = 0; i < 60_000; i++) {
      byte[] record = damaged(random);
      if (beyondOracle(record)) {
        continue;
      }
      Decoding decoding = decoder.decode(record);
      GenericRowData expected = expected(record);
      String what =
          "seed " + seed + ", record " + i + ": " + new String(record, StandardCharsets.UTF_8);
      if (expected == null) {
        assertThat(decoding).as(what).isInstanceOf(Decoding.Problem.class);
        assertThat(((Decoding.Problem) decoding).reason())
            .as(what + " " + decoding)
            .isNotEqualTo(DeadLetterReason.DECODER_FAILURE);
      } else {
        assertThat(decoding).as(what).isInstanceOf(Decoding.Row.class);
        assertThat(((Decoding.Row) decoding).row().toString())
            .as(what)
            .isEqualTo(expected.toString());
        rows++;
      }
    }
    assertThat(rows).as("the fuzz must reach both sides").isBetween(10_000, 50_000);
  }

  private static byte[] damaged(Random random) {
    StringBuilder json =
        new StringBuilder("{\"id\":\"")
            .append("é✈a\\n".repeat(random.nextInt(2)))
            .append(random.nextInt())
            .append("\",\"flight\":")
            .append(random.nextInt())
            .append(",\"delay\":")
            .append(random.nextGaussian())
            .append(",\"fare\":")
            .append(random.nextInt(100_000_000) / 100.0)
            .append(",\"cancelled\":")
            .append(random.nextBoolean())
            .append(",\"at\":\"20")
            .append(10 + random.nextInt(90))
            .append("-01-01T00:00:00Z\",\"plane\":{\"seats\":")
            .append(random.nextLong())
            .append("},\"more\":[{}]}");
    for (int edits = random.nextInt(3); edits > 0; edits--) {
      int at = random.nextInt(json.length());
      switch (random.nextInt(4)) {
        case 0 -> json.deleteCharAt(at);
        case 1 -> json.insert(at, PARTS[random.nextInt(PARTS.length)]);
        case 2 -> json.setCharAt(at, (char) ('0' + random.nextInt(10)));
        default -> json.delete(at, Math.min(json.length(), at + 1 + random.nextInt(12)));
      }
    }
    byte[] bytes = json.toString().getBytes(StandardCharsets.UTF_8);
    if (random.nextInt(10) == 0) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
    }
    return bytes;
  }

  /** The tree cannot hold exponents of more than ten digits; the decoder takes or refuses them. */
  private static boolean beyondOracle(byte[] record) {
    try {
      ORACLE.readTree(record);
      return false;
    } catch (NumberFormatException e) {
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** The row, or null if the record is to be refused. */
  private static GenericRowData expected(byte[] record) {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(record)).toString();
      if (text.isEmpty() || text.substring(0, Math.min(4, text.length())).indexOf(0) >= 0) {
        return null;
      }
      JsonNode tree = ORACLE.readTree(record);
      if (!tree.isObject()) {
        return null;
      }
      JsonNode id = tree.path("id");
      if (!id.isTextual() || !StandardCharsets.UTF_8.newEncoder().canEncode(id.textValue())) {
        return null;
      }
      GenericRowData row = new GenericRowData(7);
      row.setField(0, id.textValue());
      row.setField(1, value(tree, "flight", n -> n.isInt() ? n.intValue() : null));
      row.setField(2, value(tree, "delay", JsonRowDecoderFuzzTest::finite));
      row.setField(3, value(tree, "fare", JsonRowDecoderFuzzTest::money));
      row.setField(4, value(tree, "cancelled", n -> n.isBoolean() ? n.booleanValue() : null));
      row.setField(5, value(tree, "at", JsonRowDecoderFuzzTest::moment));
      row.setField(6, value(tree, "plane", JsonRowDecoderFuzzTest::plane));
      return row;
    } catch (Refused | IOException e) {
      return null;
    }
  }

  private interface Reading {
    Object read(JsonNode node);
  }

  private static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private static Object value(JsonNode tree, String name, Reading reading) {
    JsonNode node = tree.get(name);
    if (node == null || node.isNull()) {
      return null;
    }
    Object value = reading.read(node);
    if (value == null) {
      throw new Refused();
    }
    return value;
  }

  private static Object finite(JsonNode node) {
    return node.isNumber() && Double.isFinite(node.doubleValue()) ? node.doubleValue() : null;
  }

  private static Object money(JsonNode node) {
    if (!node.isNumber() && !node.isTextual()) {
      return null;
    }
    try {
      BigDecimal exact = new BigDecimal(node.asText());
      BigDecimal scaled = exact.setScale(2);
      return scaled.precision() > 8 ? null : scaled;
    } catch (ArithmeticException | NumberFormatException e) {
      return null;
    }
  }

  private static Object moment(JsonNode node) {
    if (node.isIntegralNumber()) {
      return node.canConvertToLong() && Math.abs(node.longValue()) < 62_135_596_800_000L
          ? LocalDateTime.ofEpochSecond(0, 0, ZoneOffset.UTC)
              .plusNanos(node.longValue() * 1_000_000)
          : null;
    }
    if (!node.isTextual() || node.textValue().startsWith("+") || node.textValue().startsWith("-")) {
      return null;
    }
    try {
      return OffsetDateTime.parse(node.textValue().replace(' ', 'T'))
          .withOffsetSameInstant(ZoneOffset.UTC)
          .toLocalDateTime();
    } catch (DateTimeException e) {
      return null;
    }
  }

  private static Object plane(JsonNode node) {
    JsonNode seats = node.path("seats");
    return node.isObject() && seats.isIntegralNumber() && seats.canConvertToLong()
        ? GenericRowData.of(seats.longValue())
        : null;
  }
}
