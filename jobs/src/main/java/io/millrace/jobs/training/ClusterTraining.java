package io.millrace.jobs.training;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.DeploymentOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * Makes training sets on a Flink cluster. The spine, files of history and the set itself are paths
 * there: on a file system that this machine and the cluster's share.
 */
public final class ClusterTraining {
  private ClusterTraining() {}

  /**
   * Makes a set, and returns when its file is there.
   *
   * @param rest where the cluster's JobManager is spoken to, {@code host:port}
   * @param jobJar the job jar, which is sent along
   * @param parallelism tasks side by side; as many slots have to be free
   * @param progress told every half second
   * @throws IOException if it could not be made; then there is no file, or the one from before
   */
  public static TrainingSetResult run(
      TrainingSet set,
      String rest,
      Path jobJar,
      int parallelism,
      Consumer<TrainingProgress> progress)
      throws IOException, InterruptedException {
    int colon = rest.lastIndexOf(':');
    if (colon < 1 || !rest.substring(colon + 1).matches("[0-9]{1,5}")) {
      throw new IllegalArgumentException(
          "'" + rest + "' is no address: expected host:port, such as localhost:8081");
    }
    Configuration flink = new Configuration();
    LocalTraining.forBatch(flink);
    flink.set(DeploymentOptions.ATTACHED, true);
    flink.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
    flink.set(RestOptions.RETRY_MAX_ATTEMPTS, 3);
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.createRemoteEnvironment(
            rest.substring(0, colon),
            Integer.parseInt(rest.substring(colon + 1)),
            flink,
            jobJar.toAbsolutePath().toString());
    env.setParallelism(parallelism);
    return LocalTraining.execute(set, env, progress);
  }
}
