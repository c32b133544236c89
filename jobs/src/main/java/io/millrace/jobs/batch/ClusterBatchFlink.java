package io.millrace.jobs.batch;

import java.nio.file.Path;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.DeploymentOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * A Flink cluster that is spoken to over REST. Paths that a job reads and writes are paths there:
 * on a file system that this machine and the cluster's share.
 */
public final class ClusterBatchFlink extends BatchFlink {
  private static final int ATTEMPTS = 3;

  private final String host;
  private final int port;
  private final Path jobJar;
  private final int parallelism;

  private ClusterBatchFlink(String host, int port, Path jobJar, int parallelism) {
    this.host = host;
    this.port = port;
    this.jobJar = jobJar.toAbsolutePath();
    this.parallelism = parallelism;
  }

  /**
   * A cluster; it is first spoken to when a job is run.
   *
   * @param rest where its JobManager is spoken to, {@code host:port}
   * @param jobJar the job jar, which is sent along
   * @param parallelism tasks side by side; as many slots have to be free
   * @throws IllegalArgumentException if {@code rest} is no address
   */
  public static ClusterBatchFlink at(String rest, Path jobJar, int parallelism) {
    int colon = rest.lastIndexOf(':');
    if (colon < 1 || !rest.substring(colon + 1).matches("[0-9]{1,5}")) {
      throw new IllegalArgumentException(
          "'" + rest + "' is no address: expected host:port, such as localhost:8081");
    }
    return new ClusterBatchFlink(
        rest.substring(0, colon), Integer.parseInt(rest.substring(colon + 1)), jobJar, parallelism);
  }

  @Override
  StreamExecutionEnvironment environment() {
    Configuration flink = configuration();
    flink.set(DeploymentOptions.ATTACHED, true);
    flink.set(RestOptions.RETRY_MAX_ATTEMPTS, ATTEMPTS);
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.createRemoteEnvironment(host, port, flink, jobJar.toString());
    env.setParallelism(parallelism);
    return env;
  }

  @Override
  JobClient submit(StreamExecutionEnvironment env, String name) throws Exception {
    return env.executeAsync(name);
  }

  @Override
  public void close() {
    // The cluster is not ours.
  }
}
