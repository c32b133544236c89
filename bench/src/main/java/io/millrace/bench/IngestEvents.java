package io.millrace.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.contract.Contract;
import io.millrace.contract.Field;
import io.millrace.pipeline.EventTime;
import io.millrace.pipeline.KafkaOrigin;
import io.millrace.pipeline.Source;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.apache.flink.table.types.logical.BigIntType;
import org.apache.flink.table.types.logical.BooleanType;
import org.apache.flink.table.types.logical.DateType;
import org.apache.flink.table.types.logical.DecimalType;
import org.apache.flink.table.types.logical.DoubleType;
import org.apache.flink.table.types.logical.IntType;
import org.apache.flink.table.types.logical.LocalZonedTimestampType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.VarCharType;

/**
 * Made-up events of one contract, as JSON in the contract's order: a mix of types, an event time,
 * and a null in every eighth optional field.
 *
 * @param fields of the contract; the first two are required
 */
record IngestEvents(String name, List<Field> fields) {

  private static final List<LogicalType> MIX =
      List.of(
          new VarCharType(VarCharType.MAX_LENGTH),
          new IntType(),
          new DoubleType(),
          new VarCharType(VarCharType.MAX_LENGTH),
          new BooleanType(),
          new BigIntType(),
          new VarCharType(VarCharType.MAX_LENGTH),
          new DecimalType(10, 2),
          new DateType(),
          new IntType());

  private static final String[] WORDS = {
    "checkout", "EUR", "de-BE", "mobile/android", "Kreuzberg", "returning", "a7f3c2", "São Paulo"
  };

  /** An event of so many fields. */
  static IngestEvents of(String name, int fieldCount) {
    List<Field> fields = new ArrayList<>();
    fields.add(field("event_id", MIX.get(0), true));
    fields.add(field("occurred_at", new LocalZonedTimestampType(3), true));
    for (int i = 0; fields.size() < fieldCount; i++) {
      LogicalType type = MIX.get(i % MIX.size());
      String kind = type.getTypeRoot().name().toLowerCase(Locale.ROOT);
      fields.add(field(kind + "_" + (i + 1), type, false));
    }
    return new IngestEvents(name, List.copyOf(fields));
  }

  private static Field field(String name, LogicalType type, boolean required) {
    return new Field(name, type.copy(!required), required, false, Optional.empty(), "");
  }

  /** A source of such events with the default policies. */
  Source source() {
    return new Source(
        name,
        new KafkaOrigin(
            name,
            "localhost:9092",
            KafkaOrigin.Format.JSON,
            "bench",
            KafkaOrigin.StartFrom.EARLIEST,
            Map.of()),
        new Contract(name, "1.0.0", "", fields),
        new EventTime(Optional.of("occurred_at"), Duration.ofSeconds(5), Optional.empty(), false));
  }

  /**
   * Documents, the same for the same seed.
   *
   * @param newFieldEvery every how many documents have a field more than the contract; 0: none
   */
  List<byte[]> documents(int count, long seed, int newFieldEvery) {
    Random random = new Random(seed);
    List<byte[]> documents = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      StringBuilder json = new StringBuilder(64 * fields.size()).append('{');
      for (Field field : fields) {
        json.append('"').append(field.name()).append("\":");
        boolean empty = !field.required() && random.nextInt(8) == 0;
        json.append(empty ? "null" : value(field.type(), random)).append(',');
      }
      if (newFieldEvery > 0 && i % newFieldEvery == 0) {
        json.append("\"campaign\":\"spring-").append(random.nextInt(100)).append("\",");
      }
      json.setCharAt(json.length() - 1, '}');
      documents.add(json.toString().getBytes(UTF_8));
    }
    return documents;
  }

  private static String value(LogicalType type, Random random) {
    return switch (type.getTypeRoot()) {
      case VARCHAR ->
          "\"" + WORDS[random.nextInt(WORDS.length)] + "-" + random.nextInt(10_000) + "\"";
      case INTEGER -> Integer.toString(random.nextInt(100_000));
      case BIGINT -> Long.toString(random.nextLong() >> 8);
      case DOUBLE -> Double.toString(Math.rint(random.nextGaussian() * 1e6) / 1e3);
      case DECIMAL -> random.nextInt(100_000) + "." + (10 + random.nextInt(90));
      case BOOLEAN -> Boolean.toString(random.nextBoolean());
      case DATE -> "\"2013-0" + (1 + random.nextInt(9)) + "-1" + random.nextInt(10) + "\"";
      case TIMESTAMP_WITH_LOCAL_TIME_ZONE ->
          "\"" + Instant.ofEpochMilli(1_357_000_000_000L + random.nextInt(1_000_000_000)) + "\"";
      default -> throw new IllegalArgumentException("no values of " + type);
    };
  }
}
