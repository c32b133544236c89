package io.millrace.jobs.batch;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.flink.api.common.BatchShuffleMode;
import org.apache.flink.api.common.JobID;
import org.apache.flink.client.ClientUtils;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.HeartbeatManagerOptions;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.configuration.WebOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.runtime.minicluster.MiniClusterJobClient;
import org.apache.flink.runtime.minicluster.MiniClusterJobClient.JobFinalizationBehavior;
import org.apache.flink.runtime.minicluster.RpcServiceSharing;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.apache.flink.util.FileUtils;
import org.apache.flink.util.ShutdownHookUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Flink inside this JVM, which can start while what it is to run is still checked and compiled.
 * Memory does not grow with rows: what does not fit into a quarter of the heap is sorted on disk.
 */
public final class LocalBatchFlink extends BatchFlink {
  private static final Logger LOG = LoggerFactory.getLogger(LocalBatchFlink.class);
  private static final long BUFFER_BYTES = 32L << 10;
  private static final long BUFFERS_A_CHANNEL = 2;
  private static final long LEAST_NETWORK_BYTES = 64L << 20;
  private static final long LEAST_SORT_BYTES = 128L << 20;
  private static final long MOST_SORT_BYTES = 1L << 30;

  private final Configuration configuration;
  private final CompletableFuture<MiniCluster> cluster = new CompletableFuture<>();
  private final AtomicBoolean warm = new AtomicBoolean();
  private volatile Path folder;
  private volatile Thread sweeper;

  private LocalBatchFlink(Configuration configuration) {
    this.configuration = configuration;
  }

  /**
   * A Flink that starts with {@link #warmUp} or its first job. If it cannot start, the job says so.
   *
   * @param parallelism tasks side by side
   * @param exchanges at least those of every job that is to run in it
   */
  public static LocalBatchFlink of(int parallelism, int exchanges) {
    return new LocalBatchFlink(configuration(parallelism, exchanges));
  }

  @Override
  public void warmUp() {
    if (!warm.compareAndSet(false, true)) {
      return;
    }
    Thread starter = new Thread(this::startCluster, "local-batch-flink-start");
    // A command that ends before has no use for it.
    starter.setDaemon(true);
    starter.start();
  }

  private void startCluster() {
    try {
      folder = Files.createTempDirectory("millrace-flink-");
      // A command may end before its Flink has.
      sweeper =
          ShutdownHookUtil.addShutdownHook(
              () -> FileUtils.deleteDirectoryQuietly(folder.toFile()), "files of Flink", LOG);
      Configuration here = new Configuration(configuration);
      here.set(CoreOptions.TMP_DIRS, folder.toString());
      here.set(WebOptions.TMP_DIR, folder.toString());
      MiniCluster starting =
          new MiniCluster(
              new MiniClusterConfiguration.Builder()
                  .setConfiguration(here)
                  .setNumTaskManagers(1)
                  .setNumSlotsPerTaskManager(configuration.get(TaskManagerOptions.NUM_TASK_SLOTS))
                  .setRpcServiceSharing(RpcServiceSharing.SHARED)
                  .build());
      starting.start();
      cluster.complete(starting);
    } catch (Exception | LinkageError failed) {
      cluster.completeExceptionally(failed);
    }
  }

  @Override
  StreamExecutionEnvironment environment() {
    return new StreamExecutionEnvironment(configuration);
  }

  @Override
  JobClient submit(StreamExecutionEnvironment env, String name) throws Exception {
    StreamGraph graph = env.getStreamGraph();
    graph.setJobName(name);
    graph.serializeUserDefinedInstances();
    ClassLoader classes = Thread.currentThread().getContextClassLoader();
    MiniCluster running = started();
    JobID job = running.submitJob(graph).get().getJobID();
    ClientUtils.waitUntilJobInitializationFinished(
        () -> running.getJobStatus(job).get(), () -> running.requestJobResult(job).get(), classes);
    return new MiniClusterJobClient(job, running, classes, JobFinalizationBehavior.NOTHING);
  }

  private MiniCluster started() throws Exception {
    try {
      return cluster.get();
    } catch (ExecutionException failed) {
      throw failed.getCause() instanceof Exception cause ? cause : failed;
    }
  }

  /** Begins to stop, also when it has not started yet, and returns at once. */
  @Override
  public void close() {
    cluster
        .thenCompose(MiniCluster::closeAsync)
        .whenComplete(
            (nothing, failed) -> {
              if (failed != null) {
                LOG.warn("The Flink in this process did not stop in order", failed);
              }
              sweep();
            });
  }

  private void sweep() {
    if (sweeper != null) {
      FileUtils.deleteDirectoryQuietly(folder.toFile());
      ShutdownHookUtil.removeShutdownHook(sweeper, "files of Flink", LOG);
    }
  }

  /** Where it keeps its files, what is sorted included; null before it starts. */
  Path folder() {
    return folder;
  }

  private static Configuration configuration(int parallelism, int exchanges) {
    Configuration flink = configuration();
    flink.set(CoreOptions.DEFAULT_PARALLELISM, parallelism);
    flink.set(TaskManagerOptions.NUM_TASK_SLOTS, parallelism);
    // Everything runs at once in one process: nothing is gained by writing it down in between.
    flink.set(ExecutionOptions.BATCH_SHUFFLE_MODE, BatchShuffleMode.ALL_EXCHANGES_PIPELINED);
    // The scheduler that is the default of batch jobs wants it written down.
    flink.set(JobManagerOptions.SCHEDULER, JobManagerOptions.SchedulerType.Default);
    // What does not fit here is sorted on disk.
    long sort =
        Math.max(LEAST_SORT_BYTES, Math.min(MOST_SORT_BYTES, Runtime.getRuntime().maxMemory() / 4));
    flink.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, new MemorySize(sort));
    // Everything that is exchanged at once needs its buffers: all tasks with all.
    MemorySize network =
        new MemorySize(
            Math.max(
                LEAST_NETWORK_BYTES,
                BUFFERS_A_CHANNEL
                    * BUFFER_BYTES
                    * parallelism
                    * (parallelism + 8L)
                    * (exchanges + 1)));
    flink.set(TaskManagerOptions.NETWORK_MEMORY_MIN, network);
    flink.set(TaskManagerOptions.NETWORK_MEMORY_MAX, network);
    flink.set(HeartbeatManagerOptions.HEARTBEAT_INTERVAL, Duration.ofSeconds(1));
    flink.set(RestOptions.BIND_ADDRESS, "127.0.0.1");
    flink.set(RestOptions.ADDRESS, "127.0.0.1");
    flink.set(RestOptions.BIND_PORT, "0");
    // Nobody else has to do with it.
    flink.set(WebOptions.SUBMIT_ENABLE, false);
    flink.set(WebOptions.CANCEL_ENABLE, false);
    flink.set(WebOptions.RESCALE_ENABLE, false);
    return flink;
  }
}
