package io.millrace.jobs.training;

import io.millrace.formats.RecordFormats;
import io.millrace.ingest.ContractOverlay;
import io.millrace.ingest.Guard;
import io.millrace.ingest.Ingested;
import io.millrace.ingest.Position;
import io.millrace.ingest.RecordFormat;
import io.millrace.jobs.sources.SourceGuard;
import io.millrace.pipeline.FormatOptions;
import io.millrace.pipeline.Source;
import io.millrace.records.DeadLetter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.functions.FlatMapFunction;
import org.apache.flink.util.Collector;

/**
 * Reads parts of a source's files and puts each record before the source's guard, as a record of
 * its topic would be.
 */
final class ReadHistory implements FlatMapFunction<HistorySplit, Ingested> {
  private static final long serialVersionUID = 1L;

  private static final byte[] NOTHING = {};
  private static final long NO_TIME = -1;

  /** Fewer rows than two to this power are in a row group of Parquet. */
  private static final int GROUP_BITS = 32;

  private final Guard.Settings settings;
  private final ContractOverlay version;
  private final String source;

  /**
   * @param version of the contract by which records are decided
   */
  ReadHistory(Source source, ContractOverlay version) {
    this.settings = SourceGuard.settings(source);
    this.version = version;
    this.source = source.name();
  }

  @Override
  public void flatMap(HistorySplit split, Collector<Ingested> out) throws Exception {
    switch (HistoryFiles.Form.of(split.file())) {
      case JSON_LINES -> lines(split, out);
      case CSV -> values(split, out);
      case PARQUET -> rows(split, out);
    }
  }

  private void lines(HistorySplit split, Collector<Ingested> out) throws IOException {
    Guard guard = following(RecordFormat.JSON);
    long number = 0;
    try (TextLines in = new TextLines(split)) {
      for (byte[] line = in.next(); line != null; line = in.next()) {
        admit(guard, split, line, number++, out);
      }
    }
  }

  private void values(HistorySplit split, Collector<Ingested> out) throws IOException {
    try (TextLines in = new TextLines(split)) {
      byte[] first = in.nextRecord();
      if (first == null) {
        return;
      }
      String header = new String(first, StandardCharsets.UTF_8).replace("\uFEFF", "");
      // By the contract's names, which tell the types of values.
      Map<String, String> fields = ParquetRecords.byColumn(settings, version);
      List<String> columns =
          List.of(header.split(",", -1)).stream()
              .map(name -> name.strip().replaceAll("^\"|\"$", ""))
              .map(name -> fields.getOrDefault(name, name))
              .toList();
      Guard guard = following(RecordFormats.of(new FormatOptions.Csv(columns, ',', '"', "")));
      long number = 1;
      for (byte[] line = in.nextRecord(); line != null; line = in.nextRecord()) {
        admit(guard, split, line, number++, out);
      }
    }
  }

  private void rows(HistorySplit split, Collector<Ingested> out) throws IOException {
    Guard guard = following(RecordFormat.JSON);
    long[] number = {0};
    try (ParquetRecords in = new ParquetRecords(settings, version, split)) {
      for (var row = in.next(); row != null; row = in.next()) {
        number[0]++;
        out.collect(
            guard
                .settle(guard.admit(row, NO_TIME, () -> place(split, number[0]), () -> NOTHING))
                .at(new Position(split.number(), (split.from() << GROUP_BITS) + number[0])));
      }
    }
  }

  private Guard following(RecordFormat format) {
    Guard guard = format.guard(settings, System::currentTimeMillis);
    guard.follow(version);
    return guard;
  }

  private static void admit(
      Guard guard, HistorySplit split, byte[] record, long number, Collector<Ingested> out) {
    // A part has fewer records than bytes: those of the next part have greater numbers.
    out.collect(
        guard
            .settle(guard.admit(record, NO_TIME, () -> place(split, number)))
            .at(new Position(split.number(), split.from() + number)));
  }

  /** Where in a file a record lies: numbered from the beginning of its part. */
  private static DeadLetter.Coordinates place(HistorySplit split, long number) {
    return DeadLetter.Coordinates.table(split.file() + "@" + split.from(), number, null);
  }

  @Override
  public String toString() {
    return "history of " + source;
  }
}
