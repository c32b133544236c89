package io.millrace.formats;

import io.millrace.pipeline.FormatOptions;
import io.millrace.pipeline.KafkaOrigin;
import io.millrace.pipeline.Source;
import io.millrace.records.SchemaChange;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.avro.Schema;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks every {@link #EVERY} for new versions of a topic's schema (subject {@code <topic>-value})
 * in its registry, and emits each with what it means for readers and writers of the version before,
 * see {@link WriterSchemas}. Records are read by their own writer's schema anyway; this is for
 * people to know before, or why. The newest version at the first start is taken as known.
 *
 * <p>Its input only keeps it running and is passed over. The registry is asked in a thread of its
 * own, so that one that does not answer holds nothing up; it is asked again the next time.
 *
 * <table>
 * <caption>state</caption>
 * <tr><th>state</th><th>key</th><th>grows with</th><th>cleared when</th></tr>
 * <tr><td>version: the newest one that was told, 4 bytes</td><td>none, one subtask</td><td>does not
 * </td><td>never</td></tr>
 * </table>
 *
 * <p>Counts, in the metric group {@code registry}: {@code schemaChanges} and {@code unreachable}.
 */
public final class RegistryWatch<T> extends AbstractStreamOperator<SchemaChange>
    implements OneInputStreamOperator<T, SchemaChange> {

  /** Time between two looks. */
  public static final Duration EVERY = Duration.ofSeconds(15);

  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(RegistryWatch.class);
  private static final int NONE = -1;

  private final String source;
  private final String subject;
  private final String contractVersion;
  private final FormatOptions.Registry settings;
  private transient ListState<Integer> state;
  private transient int told;
  private transient ExecutorService thread;
  private transient CompletableFuture<List<Version>> look;
  private transient boolean taken;
  private transient long lookedMillis;
  private transient Counter schemaChanges;
  private transient Counter unreachable;

  private record Version(int number, Schema schema) {}

  /**
   * @throws ClassCastException if the source has no registry
   */
  public RegistryWatch(Source source) {
    KafkaOrigin kafka = (KafkaOrigin) source.origin();
    this.source = source.name();
    this.subject = kafka.topic() + "-value";
    this.contractVersion = source.contract().version();
    this.settings = (FormatOptions.Registry) kafka.formatOptions();
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    state =
        context
            .getOperatorStateStore()
            .getListState(new ListStateDescriptor<>("version", Types.INT));
    told = NONE;
    for (int version : state.get()) {
      told = Math.max(told, version);
    }
  }

  @Override
  public void open() throws Exception {
    super.open();
    MetricGroup metrics = getMetricGroup().addGroup("registry");
    schemaChanges = metrics.counter("schemaChanges");
    unreachable = metrics.counter("unreachable");
    thread =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread started = new Thread(task, "schema-registry-" + source);
              started.setDaemon(true);
              return started;
            });
    getProcessingTimeService().scheduleWithFixedDelay(now -> look(now), 0, EVERY.toMillis() / 10);
  }

  /** Takes what was found, if anything was, and looks again when it is time. */
  private void look(long nowMillis) throws InterruptedException {
    if (look == null) {
      int from = told;
      look = CompletableFuture.supplyAsync(() -> versionsFrom(from), thread);
      lookedMillis = nowMillis;
      return;
    }
    if (!look.isDone()) {
      return;
    }
    if (!taken) {
      taken = true;
      take(nowMillis);
    }
    if (nowMillis - lookedMillis >= EVERY.toMillis()) {
      look = null;
      taken = false;
      look(nowMillis);
    }
  }

  private void take(long nowMillis) throws InterruptedException {
    List<Version> versions;
    try {
      versions = look.get();
    } catch (ExecutionException failure) {
      unreachable.inc();
      if (Long.bitCount(unreachable.getCount()) == 1) {
        LOG.warn("Subject {}: {}", subject, failure.getCause().getMessage());
      }
      return;
    }
    for (int i = 1; i < versions.size(); i++) {
      Version older = versions.get(i - 1);
      Version newer = versions.get(i);
      schemaChanges.inc();
      output.collect(
          new StreamRecord<>(
              WriterSchemas.change(
                  source,
                  subject,
                  older.number,
                  older.schema,
                  newer.number,
                  newer.schema,
                  contractVersion,
                  nowMillis)));
    }
    if (!versions.isEmpty()) {
      told = versions.get(versions.size() - 1).number;
    }
  }

  /** The version that was told last and those after it; only the newest at the first time. */
  private List<Version> versionsFrom(int known) {
    // One attempt: the next look is the next attempt.
    SchemaRegistry registry = new SchemaRegistry(settings, Duration.ZERO, System::nanoTime);
    List<Integer> numbers = registry.versions(subject);
    if (numbers.isEmpty() || numbers.get(numbers.size() - 1) == known) {
      return List.of();
    }
    List<Version> versions = new ArrayList<>();
    for (int number : numbers) {
      boolean newest = number == numbers.get(numbers.size() - 1);
      if (known == NONE ? newest : number >= known) {
        try {
          versions.add(new Version(number, registry.version(subject, number)));
        } catch (IOException malformed) {
          throw new UncheckedIOException(malformed);
        }
      }
    }
    return versions;
  }

  @Override
  public void processElement(StreamRecord<T> element) {}

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    state.update(told == NONE ? List.of() : List.of(told));
  }

  @Override
  public void close() throws Exception {
    if (thread != null) {
      thread.shutdownNow();
    }
    super.close();
  }
}
