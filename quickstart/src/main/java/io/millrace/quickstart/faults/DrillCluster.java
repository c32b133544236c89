package io.millrace.quickstart.faults;

import io.millrace.quickstart.Home;
import io.millrace.quickstart.Screen;
import io.millrace.quickstart.ServicePorts;
import io.millrace.quickstart.cluster.LocalCluster;
import io.millrace.testkit.Ports;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

/** Gives a drill a cluster that starts empty, as processes on free ports, and takes it down. */
final class DrillCluster {

  private static final int PARTITIONS = 2;

  /** What is done on the cluster. */
  interface Drill<T> {
    T on(LocalCluster cluster) throws Exception;
  }

  private DrillCluster() {}

  /**
   * Runs a drill.
   *
   * @param name of the folder under {@code var/faults}
   * @param keep whether logs and data stay; those of a drill that did not end well always do
   */
  static <T> T run(Home home, Screen screen, String name, boolean keep, Drill<T> drill) {
    Path dir = home.var().resolve("faults").resolve(name);
    LocalCluster cluster = new LocalCluster(home, dir, ServicePorts.anyFree(), Ports.free());
    // A drill that was cut off may have left processes behind.
    cluster.down(line -> screen.note("  left over: " + line));
    cluster.deleteData();
    Thread downOnExit = new Thread(() -> cluster.down(line -> {}), "stop the drill's cluster");
    Runtime.getRuntime().addShutdownHook(downOnExit);
    screen.heading(name);
    boolean complete = false;
    try {
      cluster.up(line -> {});
      screen.done("cluster", cluster.flink().url() + ", logs in " + dir.resolve("log"));
      T outcome = drill.on(cluster);
      complete = true;
      return outcome;
    } catch (RuntimeException failure) {
      throw failure;
    } catch (Exception failure) {
      throw new IllegalStateException("the drill " + name + " could not be done", failure);
    } finally {
      cluster.down(line -> {});
      Runtime.getRuntime().removeShutdownHook(downOnExit);
      // What a run that did not end well has logged is worth a look.
      if (complete && !keep) {
        cluster.deleteData();
      }
    }
  }

  /** Kafka's address. */
  static String kafka(LocalCluster cluster) {
    return "127.0.0.1:" + cluster.ports().kafka();
  }

  /** Makes the topic that a drill reads, of two partitions. */
  static void createTopic(LocalCluster cluster, String topic) {
    try (Admin admin = Admin.create(Map.<String, Object>of("bootstrap.servers", kafka(cluster)))) {
      admin.createTopics(List.of(new NewTopic(topic, PARTITIONS, (short) 1))).all().get();
    } catch (Exception failure) {
      throw new IllegalStateException("topic " + topic + " could not be created", failure);
    }
  }
}
