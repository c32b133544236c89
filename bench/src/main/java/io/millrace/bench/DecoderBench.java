package io.millrace.bench;

import io.millrace.contract.Contract;
import io.millrace.contract.ContractFile;
import io.millrace.ingest.Decoding;
import io.millrace.ingest.JsonRowDecoder;
import io.millrace.testkit.Departure;
import io.millrace.testkit.FlightData;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.formats.common.TimestampFormat;
import org.apache.flink.formats.json.JsonParserRowDataDeserializationSchema;
import org.apache.flink.formats.json.JsonRowDataDeserializationSchema;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.util.SimpleUserCodeClassLoader;
import org.apache.flink.util.UserCodeClassLoader;

/**
 * {@code scripts/bench decoder}: records a second that one thread decodes, by the guarded decoder
 * and by Flink's own two JSON formats with their defaults: the streaming parser and the tree.
 *
 * <p>All read the same flights by the same contract and make the same rows. Flink's formats do
 * less: they coerce types, take duplicate fields and what follows a document, and check no
 * encoding. Rounds are interleaved, figures are medians.
 */
public final class DecoderBench {

  private static final int RECORDS = 20_000;
  private static final int WARMUP_ROUNDS = 3;
  private static final int ROUNDS = 9;
  private static final long ROUND_NANOS = 500_000_000L;

  private DecoderBench() {}

  public static void main(String[] args) throws Exception {
    Contract contract =
        ContractFile.read(Path.of("schemas/contracts/flights.odcs.yaml")).contract().orElseThrow();
    RowType type = contract.rowType();
    List<byte[]> records;
    try (Stream<Departure> flights = FlightData.ofThisProject().flights()) {
      records = flights.limit(RECORDS).map(Departure::json).toList();
    }
    Map<String, Decoder> contestants = new LinkedHashMap<>();
    JsonRowDecoder ours = new JsonRowDecoder(type);
    contestants.put(
        "millrace", record -> ours.decode(record) instanceof Decoding.Row row ? row.row() : null);
    contestants.put(
        "flink streaming",
        flink(
            new JsonParserRowDataDeserializationSchema(
                type, InternalTypeInfo.of(type), false, false, TimestampFormat.ISO_8601)));
    contestants.put(
        "flink tree",
        flink(
            new JsonRowDataDeserializationSchema(
                type, InternalTypeInfo.of(type), false, false, TimestampFormat.ISO_8601)));
    requireSameRows(contestants, records);

    Map<String, Double> medians = race(contestants, records);
    long bytes = records.stream().mapToLong(record -> record.length).sum();
    System.out.printf("%d flights of %d bytes on average, one thread%n", RECORDS, bytes / RECORDS);
    medians.forEach((name, rate) -> System.out.printf("%-16s %,12.0f records/s%n", name, rate));
    System.out.printf(
        "ratio_streaming=%.2f ratio_tree=%.2f%n",
        medians.get("millrace") / medians.get("flink streaming"),
        medians.get("millrace") / medians.get("flink tree"));
  }

  private static void requireSameRows(Map<String, Decoder> contestants, List<byte[]> records)
      throws IOException {
    for (byte[] record : records) {
      RowData expected = null;
      for (Decoder decoder : contestants.values()) {
        RowData row = decoder.decode(record);
        if (row == null || (expected != null && !row.equals(expected))) {
          throw new IllegalStateException("the decoders disagree: " + expected + " and " + row);
        }
        expected = row;
      }
    }
  }

  private static Map<String, Double> race(Map<String, Decoder> contestants, List<byte[]> records)
      throws IOException {
    Map<String, List<Double>> rates = new LinkedHashMap<>();
    for (int round = 0; round < WARMUP_ROUNDS + ROUNDS; round++) {
      for (Map.Entry<String, Decoder> contestant : contestants.entrySet()) {
        double rate = recordsPerSecond(contestant.getValue(), records);
        if (round >= WARMUP_ROUNDS) {
          rates.computeIfAbsent(contestant.getKey(), name -> new ArrayList<>()).add(rate);
        }
      }
    }
    Map<String, Double> medians = new LinkedHashMap<>();
    rates.forEach((name, all) -> medians.put(name, all.stream().sorted().toList().get(ROUNDS / 2)));
    return medians;
  }

  private static double recordsPerSecond(Decoder decoder, List<byte[]> records) throws IOException {
    long decoded = 0;
    int fields = 0;
    long start = System.nanoTime();
    while (System.nanoTime() - start < ROUND_NANOS) {
      for (byte[] record : records) {
        fields += decoder.decode(record).getArity();
      }
      decoded += records.size();
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    if (fields == 0) {
      throw new IllegalStateException("nothing was decoded");
    }
    return decoded / seconds;
  }

  private interface Decoder {
    RowData decode(byte[] record) throws IOException;
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
            return SimpleUserCodeClassLoader.create(DecoderBench.class.getClassLoader());
          }
        });
    return schema::deserialize;
  }
}
