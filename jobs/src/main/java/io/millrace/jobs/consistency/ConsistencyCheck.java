package io.millrace.jobs.consistency;

import io.millrace.features.CompiledView;
import io.millrace.jobs.batch.BatchFlink;
import io.millrace.jobs.batch.LocalBatchFlink;
import io.millrace.jobs.consistency.ConsistencyResult.Example;
import io.millrace.jobs.tables.ParquetRows;
import io.millrace.jobs.training.TrainingProgress;
import io.millrace.jobs.training.TrainingSet;
import io.millrace.jobs.training.TrainingSetResult;
import io.millrace.jobs.training.TrainingSetSettings;
import io.millrace.online.FeatureComparison;
import io.millrace.online.FeatureComparison.Difference;
import io.millrace.online.FeatureReader;
import io.millrace.online.StoredFeatures;
import io.millrace.pipeline.FeatureViewSpec;
import io.millrace.pipeline.Pipeline;
import io.millrace.records.FeatureSchema;
import io.millrace.training.TrainingProblemsException;
import io.millrace.training.TrainingRequest;
import io.millrace.training.TrainingRequest.FeatureName;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.utils.ProjectedRowData;
import org.apache.flink.table.types.logical.RowType;

/**
 * Reads entities of a view from the online store and asks the engine, over the history, what their
 * features were at the times found there. One question for each entity, answered by the same
 * operator that had written it: what differs is a fault, or history that is not complete.
 *
 * <p>Rows that come after the store was read change nothing, since each entity is recomputed for
 * its own time; rows that come late do, as long as the store has not taken them in.
 */
public final class ConsistencyCheck {
  private static final long SEED = 1;
  private static final int READ_AT_ONCE = 500;
  private static final int EXAMPLES = 10;
  private static final String TIME = "_at";

  private final Pipeline pipeline;
  private final FeatureViewSpec view;
  private final FeatureSchema schema;

  /**
   * @param view a view of the pipeline
   */
  public ConsistencyCheck(Pipeline pipeline, FeatureViewSpec view) {
    this.pipeline = pipeline;
    this.view = view;
    schema = CompiledView.of(pipeline, view).schema();
  }

  /**
   * Compares a sample, the same for the same entities.
   *
   * @param most entities
   * @param history files by source, as of {@link TrainingSetSettings}
   * @param parallelism tasks side by side
   * @param progress of recomputing
   * @throws TrainingProblemsException if there is no history to recompute from
   * @throws IOException if the store or the history cannot be read
   */
  public ConsistencyResult run(
      int most,
      Map<String, List<Path>> history,
      int parallelism,
      Consumer<TrainingProgress> progress)
      throws IOException, InterruptedException {
    List<StoredFeatures> stored = new ArrayList<>();
    long entities;
    try (FeatureReader reader =
        new FeatureReader(pipeline.onlineStore(), pipeline.name(), schema, view.online())) {
      List<byte[]> keys = reader.keys();
      entities = keys.size();
      List<byte[]> sample = sample(keys, most);
      for (int from = 0; from < sample.size(); from += READ_AT_ONCE) {
        reader
            .readKeys(sample.subList(from, Math.min(sample.size(), from + READ_AT_ONCE)))
            .forEach(found -> found.ifPresent(stored::add));
      }
    }
    if (stored.isEmpty()) {
      return new ConsistencyResult(entities, 0, 0, 0, 0, 0, List.of(), List.of());
    }
    Path folder = Files.createTempDirectory("millrace-consistency");
    try {
      TrainingSet set = prepare(folder, stored, history);
      try (BatchFlink flink = LocalBatchFlink.of(parallelism, set.exchanges())) {
        TrainingSetResult made = set.run(flink, progress);
        return compare(folder.resolve("set.parquet"), entities, stored, made);
      }
    } finally {
      delete(folder);
    }
  }

  private static List<byte[]> sample(List<byte[]> keys, int most) {
    if (keys.size() <= most) {
      return keys;
    }
    List<byte[]> shuffled = new ArrayList<>(keys);
    Collections.shuffle(shuffled, new Random(SEED));
    return shuffled.subList(0, most);
  }

  private TrainingSet prepare(
      Path folder, List<StoredFeatures> stored, Map<String, List<Path>> history)
      throws IOException {
    Path spine = folder.resolve("spine.csv");
    try (BufferedWriter csv = Files.newBufferedWriter(spine)) {
      csv.write(
          line(Stream.concat(schema.entity().getFieldNames().stream(), Stream.of(TIME)).toList()));
      for (StoredFeatures each : stored) {
        csv.write(
            line(
                Stream.concat(
                        each.entity().values().stream().map(FeatureReader::text),
                        Stream.of(each.eventTime().toString()))
                    .toList()));
      }
    }
    TrainingRequest request =
        new TrainingRequest(TIME, Map.of(), List.of(new FeatureName(view.name(), FeatureName.ALL)));
    return TrainingSet.prepare(
        pipeline,
        request,
        new TrainingSetSettings(spine, folder.resolve("set.parquet"), false, history));
  }

  private static String line(List<String> cells) {
    return String.join(
            ",", cells.stream().map(cell -> "\"" + cell.replace("\"", "\"\"") + "\"").toList())
        + "\n";
  }

  private ConsistencyResult compare(
      Path set, long entities, List<StoredFeatures> stored, TrainingSetResult made)
      throws IOException {
    FeatureComparison comparison = new FeatureComparison(schema, view.online().layout());
    long different = 0;
    long missing = 0;
    List<Example> examples = new ArrayList<>();
    try (ParquetRows rows = ParquetRows.open(set)) {
      RowType type = rows.rowType();
      int[] features =
          schema.values().getFieldNames().stream().mapToInt(type::getFieldIndex).toArray();
      GenericRowData row = new GenericRowData(type.getFieldCount());
      for (StoredFeatures each : stored) {
        if (!rows.next(row)) {
          throw new IOException("the recomputed rows are fewer than those that were asked for");
        }
        List<Difference> differences =
            comparison.differences(each, ProjectedRowData.from(features).replaceRow(row));
        if (differences.isEmpty()) {
          continue;
        }
        boolean unknown = IntStream.of(features).allMatch(row::isNullAt);
        if (unknown) {
          missing++;
        } else {
          different++;
        }
        if (examples.size() < EXAMPLES) {
          examples.add(
              new Example(
                  String.join(
                      ",", each.entity().values().stream().map(FeatureReader::text).toList()),
                  each.eventTime(),
                  unknown ? List.of() : differences));
        }
      }
    }
    return new ConsistencyResult(
        entities,
        stored.size(),
        stored.size() - different - missing,
        different,
        missing,
        (long) stored.size() * schema.values().getFieldCount(),
        examples,
        made.histories().stream().map(TrainingSetResult.History::from).toList());
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }
}
