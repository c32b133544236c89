package io.millrace.bench;

import io.millrace.ingest.Guard;
import io.millrace.ingest.Ingested;
import io.millrace.pipeline.Source;
import io.millrace.records.DeadLetter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.formats.common.TimestampFormat;
import org.apache.flink.formats.json.JsonParserRowDataDeserializationSchema;
import org.apache.flink.formats.json.JsonRowDataDeserializationSchema;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.util.SimpleUserCodeClassLoader;
import org.apache.flink.util.UserCodeClassLoader;

/**
 * {@code scripts/bench ingest}: records a second that one thread takes in, by the guard with its
 * default policies, from bytes to a row with its event time, and by Flink's {@code json} format
 * with its defaults, from bytes to a row: the streaming parser, which is its default, and the tree.
 *
 * <p>All read the same bytes by the same contract, 8 fields and 60 fields wide, and make the same
 * values. Flink's formats do less: they coerce types, take duplicate fields and what follows a
 * document, and check no encoding and no required field. Two more lines say what the guard makes of
 * drift: one record in a hundred, and every record, with a field that the contract does not know.
 * Rounds are interleaved, figures are medians.
 */
public final class IngestBench {

  private static final int RECORDS = 10_000;
  private static final int WARMUP_ROUNDS = 4;
  private static final int ROUNDS = 9;
  private static final long ROUND_NANOS = 300_000_000L;
  private static final long SEED = 42;

  private static final String GUARD = "millrace";
  private static final String STREAMING = "flink json";
  private static final String TREE = "flink json, tree";

  private IngestBench() {}

  public static void main(String[] args) throws Exception {
    double narrow = race(IngestEvents.of("narrow", 8));
    double wide = race(IngestEvents.of("wide", 60));
    System.out.printf("ratio_narrow=%.2f ratio_wide=%.2f%n", narrow, wide);
  }

  /** How many times as fast the guard is as Flink's default. */
  private static double race(IngestEvents events) throws Exception {
    List<byte[]> clean = events.documents(RECORDS, SEED, 0);
    Map<String, Contestant> contestants = new LinkedHashMap<>();
    contestants.put(GUARD, new Contestant(guard(events.source()), clean));
    RowType type = events.source().contract().rowType();
    contestants.put(
        STREAMING,
        new Contestant(
            flink(
                new JsonParserRowDataDeserializationSchema(
                    type, InternalTypeInfo.of(type), false, false, TimestampFormat.ISO_8601)),
            clean));
    contestants.put(
        TREE,
        new Contestant(
            flink(
                new JsonRowDataDeserializationSchema(
                    type, InternalTypeInfo.of(type), false, false, TimestampFormat.ISO_8601)),
            clean));
    requireSameValues(contestants.values(), type);
    contestants.put(
        "millrace, a new field in 1%",
        new Contestant(guard(events.source()), events.documents(RECORDS, SEED, 100)));
    contestants.put(
        "millrace, a new field in 100%",
        new Contestant(guard(events.source()), events.documents(RECORDS, SEED, 1)));

    Map<String, Double> medians = medians(contestants);
    long bytes = clean.stream().mapToLong(record -> record.length).sum();
    System.out.printf(
        "%s: %d fields, %d bytes on average, one thread%n",
        events.name(), events.fields().size(), bytes / RECORDS);
    medians.forEach((name, rate) -> System.out.printf("  %-30s %,12.0f records/s%n", name, rate));
    return medians.get(GUARD) / medians.get(STREAMING);
  }

  private record Contestant(Decoder decoder, List<byte[]> documents) {}

  private interface Decoder {
    RowData decode(byte[] record) throws IOException;
  }

  private static Decoder guard(Source source) {
    Guard guard = new Guard(Guard.Settings.of(source), System::currentTimeMillis);
    return record -> {
      Ingested ingested =
          guard.settle(
              guard.admit(record, 0, () -> DeadLetter.Coordinates.kafka("bench", 0, 0, null)));
      return ingested.row();
    };
  }

  private static Decoder flink(DeserializationSchema<RowData> schema) throws Exception {
    schema.open(
        new DeserializationSchema.InitializationContext() {
          @Override
          public MetricGroup getMetricGroup() {
            return new UnregisteredMetricsGroup();
          }

          @Override
          public UserCodeClassLoader getUserCodeClassLoader() {
            return SimpleUserCodeClassLoader.create(IngestBench.class.getClassLoader());
          }
        });
    return schema::deserialize;
  }

  /** The guard's integers have room for longs. */
  private static void requireSameValues(Iterable<Contestant> contestants, RowType type)
      throws IOException {
    List<List<String>> expected = null;
    for (Contestant contestant : contestants) {
      List<List<String>> rows = new ArrayList<>();
      for (byte[] document : contestant.documents()) {
        RowData row = Objects.requireNonNull(contestant.decoder().decode(document));
        rows.add(values(row, type));
      }
      if (expected != null && !expected.equals(rows)) {
        throw new IllegalStateException("the decoders disagree");
      }
      expected = rows;
    }
  }

  private static List<String> values(RowData row, RowType type) {
    List<String> values = new ArrayList<>();
    for (int i = 0; i < type.getFieldCount(); i++) {
      values.add(String.valueOf(((GenericRowData) row).getField(i)));
    }
    return values;
  }

  private static Map<String, Double> medians(Map<String, Contestant> contestants)
      throws IOException {
    Map<String, List<Double>> rates = new LinkedHashMap<>();
    for (int round = 0; round < WARMUP_ROUNDS + ROUNDS; round++) {
      for (Map.Entry<String, Contestant> contestant : contestants.entrySet()) {
        double rate = recordsPerSecond(contestant.getValue());
        if (round >= WARMUP_ROUNDS) {
          rates.computeIfAbsent(contestant.getKey(), name -> new ArrayList<>()).add(rate);
        }
      }
    }
    Map<String, Double> medians = new LinkedHashMap<>();
    rates.forEach((name, all) -> medians.put(name, Median.of(all)));
    return medians;
  }

  private static double recordsPerSecond(Contestant contestant) throws IOException {
    long decoded = 0;
    int fields = 0;
    long start = System.nanoTime();
    while (System.nanoTime() - start < ROUND_NANOS) {
      for (byte[] record : contestant.documents()) {
        fields += contestant.decoder().decode(record).getArity();
      }
      decoded += contestant.documents().size();
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    if (fields == 0) {
      throw new IllegalStateException("nothing was decoded");
    }
    return decoded / seconds;
  }
}
