package io.millrace.quickstart;

import java.nio.file.Files;
import java.nio.file.Path;

/** The project's folder, and where things are in it. */
public record Home(Path root) {

  /** The folder named by the launching script, or the nearest one upwards that looks like it. */
  public static Home find() {
    String named = System.getProperty("millrace.home");
    if (named != null) {
      return new Home(Path.of(named));
    }
    for (Path dir = Path.of("").toAbsolutePath(); dir != null; dir = dir.getParent()) {
      if (Files.isRegularFile(dir.resolve("scripts/launch.bash"))) {
        return new Home(dir);
      }
    }
    throw new IllegalStateException(
        "the project's folder is not found from "
            + Path.of("").toAbsolutePath()
            + " upwards; name it with -Dmillrace.home=...");
  }

  public Path flightData() {
    return root.resolve("data/nycflights13");
  }

  public Path flightsPipeline() {
    return root.resolve("conf/pipelines/flights.yaml");
  }

  public Path planesPipeline() {
    return root.resolve("conf/pipelines/planes.yaml");
  }

  public Path jobJar() {
    return root.resolve("jobs/target/millrace-job.jar");
  }

  public Path flinkConf() {
    return root.resolve("conf/flink");
  }

  public Path flinkLib() {
    return root.resolve("cluster/target/lib");
  }

  /** Everything that is written while running; not part of the sources. */
  public Path var() {
    return root.resolve("var");
  }
}
