package io.millrace.jobs.consistency;

import io.millrace.features.CompiledView;
import io.millrace.jobs.batch.BatchFlink;
import io.millrace.jobs.consistency.ConsistencyResult.Example;
import io.millrace.jobs.tables.ParquetRows;
import io.millrace.jobs.training.Histories;
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
import io.millrace.pipeline.Source;
import io.millrace.records.FeatureSchema;
import io.millrace.training.TrainingProblemsException;
import io.millrace.training.TrainingRequest;
import io.millrace.training.TrainingRequest.FeatureName;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
 * its own time. What cannot be judged is not:
 *
 * <ul>
 *   <li>The offline store is written with some delay, and may lack rows that the online store has
 *       taken in. Where it says up to which positions it has taken its topic in, the topic is read
 *       on from there. Where it does not, its newest event time, less what the source allows rows
 *       to be out of order, is how far it is complete; entities whose version is newer are counted
 *       and left alone.
 *   <li>A row that comes late may be in the history and not yet in the store. So entities that
 *       differ are looked at once more, for some seconds where the history is read up to now; those
 *       that were written again are counted and left alone.
 * </ul>
 */
public final class ConsistencyCheck {
  private static final int READ_AT_ONCE = 500;
  private static final int EXAMPLES = 10;
  private static final Duration LIVE_JOBS_DELAY = Duration.ofSeconds(5);
  private static final Duration LOOKS_APART = Duration.ofMillis(500);
  private static final String TIME = "_at";

  private final Pipeline pipeline;
  private final FeatureViewSpec view;
  private final FeatureSchema schema;

  /** An entity as it was found under a key of the store. */
  private record Found(byte[] key, StoredFeatures features) {}

  /** An entity that is not what it should be. */
  private record Skewed(Found found, List<Difference> differences) {
    boolean unknown() {
      return differences.isEmpty();
    }
  }

  /**
   * @param view a view of the pipeline
   */
  public ConsistencyCheck(Pipeline pipeline, FeatureViewSpec view) {
    this.pipeline = pipeline;
    this.view = view;
    schema = CompiledView.of(pipeline, view).schema();
  }

  /** The view's name. */
  public String view() {
    return view.name();
  }

  /** What a Flink has to be made for, see {@link io.millrace.jobs.batch.BatchJob#exchanges}. */
  public static int exchanges() {
    return 1;
  }

  /**
   * Compares some entities.
   *
   * @param turns whose turn it is
   * @param progress of recomputing
   * @throws TrainingProblemsException if there is no history to recompute from
   * @throws IOException if the store or the history cannot be read
   */
  public ConsistencyResult run(
      BatchFlink flink,
      Turns turns,
      ConsistencySettings settings,
      Consumer<TrainingProgress> progress)
      throws IOException, InterruptedException {
    try (FeatureReader reader =
        new FeatureReader(pipeline.onlineStore(), pipeline.name(), schema, view.online())) {
      List<byte[]> keys = reader.keys();
      List<Found> stored = read(reader, turns.next(keys, settings.sample()));
      if (stored.isEmpty()) {
        return ConsistencyResult.nothing(keys.size());
      }
      Path folder = folder(settings);
      try {
        TrainingSet set = prepare(folder, stored, settings.history());
        TrainingSetResult made = set.run(flink, progress);
        long known = knownUntilMillis(set.histories(), flink);
        return judge(reader, folder.resolve("set.parquet"), keys.size(), stored, known, set, made);
      } finally {
        delete(folder);
      }
    }
  }

  private static Path folder(ConsistencySettings settings) throws IOException {
    return settings.folder().isPresent()
        ? Files.createTempDirectory(settings.folder().get(), "millrace-consistency")
        : Files.createTempDirectory("millrace-consistency");
  }

  /** What is under keys; nothing of those that are gone. */
  private static List<Found> read(FeatureReader reader, List<byte[]> keys) throws IOException {
    List<Found> found = new ArrayList<>();
    for (int from = 0; from < keys.size(); from += READ_AT_ONCE) {
      List<byte[]> some = keys.subList(from, Math.min(keys.size(), from + READ_AT_ONCE));
      List<Optional<StoredFeatures>> features = reader.readKeys(some);
      for (int i = 0; i < some.size(); i++) {
        if (features.get(i).isPresent()) {
          found.add(new Found(some.get(i), features.get(i).get()));
        }
      }
    }
    return found;
  }

  private TrainingSet prepare(Path folder, List<Found> stored, Map<String, List<Path>> history)
      throws IOException {
    Path spine = folder.resolve("spine.csv");
    try (BufferedWriter csv = Files.newBufferedWriter(spine)) {
      csv.write(
          line(Stream.concat(schema.entity().getFieldNames().stream(), Stream.of(TIME)).toList()));
      for (Found each : stored) {
        csv.write(
            line(
                Stream.concat(
                        each.features().entity().values().stream().map(FeatureReader::text),
                        Stream.of(each.features().eventTime().toString()))
                    .toList()));
      }
    }
    TrainingRequest request =
        new TrainingRequest(TIME, Map.of(), List.of(new FeatureName(view.name(), FeatureName.ALL)));
    return TrainingSet.prepare(
        pipeline,
        request,
        new TrainingSetSettings(
            spine, folder.resolve("set.parquet"), false, history, Histories.Extent.UP_TO_NOW));
  }

  private static String line(List<String> cells) {
    return String.join(
            ",", cells.stream().map(cell -> "\"" + cell.replace("\"", "\"\"") + "\"").toList())
        + "\n";
  }

  /** The event time up to which the history has every row, unless one came later than allowed. */
  private long knownUntilMillis(Histories histories, BatchFlink flink)
      throws IOException, InterruptedException {
    Source source = pipeline.source(view.source()).orElseThrow();
    if (histories.upToDate(source.name())) {
      return Long.MAX_VALUE;
    }
    Long newest =
        histories.newestEventMillis(flink, List.of(source.name()), () -> {}).get(source.name());
    return newest == null
        ? Long.MIN_VALUE
        : newest - source.eventTime().outOfOrderness().toMillis();
  }

  private ConsistencyResult judge(
      FeatureReader reader,
      Path set,
      long entities,
      List<Found> stored,
      long knownUntilMillis,
      TrainingSet from,
      TrainingSetResult made)
      throws IOException, InterruptedException {
    FeatureComparison comparison = new FeatureComparison(schema, view.online().layout());
    List<Skewed> skewed = new ArrayList<>();
    long later = 0;
    try (ParquetRows rows = ParquetRows.open(set)) {
      RowType type = rows.rowType();
      int[] features =
          schema.values().getFieldNames().stream().mapToInt(type::getFieldIndex).toArray();
      GenericRowData row = new GenericRowData(type.getFieldCount());
      for (Found each : stored) {
        if (!rows.next(row)) {
          throw new IOException("the recomputed rows are fewer than those that were asked for");
        }
        if (each.features().eventTime().toEpochMilli() > knownUntilMillis) {
          later++;
          continue;
        }
        List<Difference> differences =
            comparison.differences(
                each.features(), ProjectedRowData.from(features).replaceRow(row));
        if (!differences.isEmpty()) {
          boolean unknown = IntStream.of(features).allMatch(row::isNullAt);
          skewed.add(new Skewed(each, unknown ? List.of() : differences));
        }
      }
    }
    long before = skewed.size();
    boolean live = from.histories().upToDate(view.source());
    skewed = stillThere(reader, skewed, live ? LIVE_JOBS_DELAY : Duration.ZERO);
    long changed = before - skewed.size();
    long compared = stored.size() - later - changed;
    long missing = skewed.stream().filter(Skewed::unknown).count();
    return new ConsistencyResult(
        entities,
        compared,
        compared - skewed.size(),
        skewed.size() - missing,
        missing,
        later,
        changed,
        compared * schema.values().getFieldCount(),
        skewed.stream().limit(EXAMPLES).map(ConsistencyCheck::example).toList(),
        made.histories().stream().map(TrainingSetResult.History::from).toList());
  }

  /** Those that the store still has in the same version, looked at until none is or time is up. */
  private static List<Skewed> stillThere(
      FeatureReader reader, List<Skewed> skewed, Duration patience)
      throws IOException, InterruptedException {
    List<Skewed> left = skewed;
    long startNanos = System.nanoTime();
    while (!left.isEmpty()) {
      List<Skewed> unchanged = new ArrayList<>();
      for (int from = 0; from < left.size(); from += READ_AT_ONCE) {
        List<Skewed> some = left.subList(from, Math.min(left.size(), from + READ_AT_ONCE));
        List<Optional<StoredFeatures>> now =
            reader.readKeys(some.stream().map(each -> each.found().key()).toList());
        for (int i = 0; i < some.size(); i++) {
          StoredFeatures was = some.get(i).found().features();
          if (now.get(i).filter(is -> sameVersion(was, is)).isPresent()) {
            unchanged.add(some.get(i));
          }
        }
      }
      left = unchanged;
      if (System.nanoTime() - startNanos >= patience.toNanos()) {
        return left;
      }
      Thread.sleep(LOOKS_APART.toMillis());
    }
    return left;
  }

  private static boolean sameVersion(StoredFeatures one, StoredFeatures other) {
    return one.eventTime().equals(other.eventTime()) && one.revision() == other.revision();
  }

  private static Example example(Skewed skewed) {
    StoredFeatures stored = skewed.found().features();
    return new Example(
        String.join(",", stored.entity().values().stream().map(FeatureReader::text).toList()),
        stored.eventTime(),
        skewed.differences());
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
