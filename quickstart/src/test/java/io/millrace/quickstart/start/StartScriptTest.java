package io.millrace.quickstart.start;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code scripts/start.bash} with a Java that only notes how it is called. */
class StartScriptTest {
  private static final Path SCRIPTS = Path.of("../scripts").toAbsolutePath().normalize();

  /** Writes the file that it is asked for, and fails when told to. */
  private static final String JAVA =
      """
      #!/usr/bin/env bash
      echo java "$@" >>"${0%/bin/*}/calls"
      [[ ! -e broken ]] || exit 1
      for flag in "$@"; do
        case $flag in
          -XX:DumpLoadedClassList=*) printf '%s\\n' java/lang/Object io/millrace/Ours >"${flag#*=}" ;;
          -XX:SharedClassListFile=*) cp "${flag#*=}" archived ;;
          -XX:SharedArchiveFile=*) touch "${flag#*=}" ;;
        esac
      done
      """;

  private static final String JAR =
      """
      #!/usr/bin/env bash
      echo jar "$@" >>"${0%/bin/*}/calls"
      touch "$3"
      """;

  @TempDir private Path dir;

  @BeforeEach
  void installAJava() throws IOException {
    program("bin/java", JAVA);
    program("bin/jar", JAR);
    for (String jar :
        List.of(
            "flink-core", "flink-table-planner-loader", "flink-rpc-akka-loader", "kafka_2.13")) {
      Files.createFile(jar(jar));
    }
    Files.createDirectories(dir.resolve("quickstart/target"));
    Files.writeString(
        dir.resolve("quickstart/target/classpath"),
        String.join(
                ":",
                dir + "/jobs/target/classes",
                jar("flink-core").toString(),
                jar("kafka_2.13").toString(),
                jar("flink-table-planner-loader").toString(),
                jar("flink-rpc-akka-loader").toString())
            + "\n");
  }

  private Path jar(String name) {
    return dir.resolve(name + "-1.0.jar");
  }

  private void program(String name, String text) throws IOException {
    Path file = dir.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /** The class path and the flags of a start, with the folder's name left out. */
  private List<String> start(String javaRelease) throws Exception {
    Process bash =
        new ProcessBuilder(
                "bash",
                "-c",
                """
                set -euo pipefail
                source "$1/launch.bash"
                source "$1/start.bash"
                java=$PWD/bin/java java_release=$2 classpath=plain
                prepare_start 2>>said
                echo "$classpath"
                echo "${launch_flags[*]-}"
                """,
                "bash",
                SCRIPTS.toString(),
                javaRelease)
            .directory(dir.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String said = new String(bash.getInputStream().readAllBytes());
    assertThat(bash.waitFor()).isZero();
    return said.replace(dir.toRealPath() + "/", "").replace(dir + "/", "").lines().toList();
  }

  private long calls(String word) throws IOException {
    Path calls = dir.resolve("calls");
    return Files.exists(calls)
        ? Files.readAllLines(calls).stream().filter(it -> it.contains(word)).count()
        : 0;
  }

  @Test
  void shouldPutJarsFirstAndFlinksPlannerItselfAmongThem() throws Exception {
    assertThat(start("17.0.1").get(0))
        .isEqualTo(
            "flink-core-1.0.jar"
                + ":quickstart/target/start/flink-table-planner.jar"
                + ":quickstart/target/start/flink-rpc-akka.jar"
                + ":quickstart/target/classes:jobs/target/classes");
  }

  @Test
  void shouldArchiveTheClassesOfJarsOnceAndUseThem() throws Exception {
    String flag = "-XX:SharedArchiveFile=quickstart/target/start/classes.jsa";
    assertThat(start("17.0.1").get(1)).contains(flag);
    assertThat(start("17.0.1").get(1)).contains(flag);
    assertThat(calls("-Xshare:dump")).isEqualTo(1);
    assertThat(calls("jar xf")).isEqualTo(2);
    assertThat(dir.resolve("archived")).hasContent("java/lang/Object");
    assertThat(dir.resolve("quickstart/target/start")).isDirectoryNotContaining("glob:**part*");
  }

  @Test
  void shouldArchiveThemAgainForAnotherJava() throws Exception {
    start("17.0.1");
    start("17.0.2");
    assertThat(calls("-Xshare:dump")).isEqualTo(2);
  }

  @Test
  void shouldArchiveThemAgainWhenAJarWasReplaced() throws Exception {
    start("17.0.1");
    Files.setLastModifiedTime(jar("flink-core"), FileTime.from(Instant.now().plusSeconds(60)));
    start("17.0.1");
    assertThat(calls("-Xshare:dump")).isEqualTo(2);
  }

  @Test
  void shouldStartWithoutAnArchiveWhenNoneCanBeMadeAndNotTryAgain() throws Exception {
    Files.createFile(dir.resolve("broken"));
    List<String> first = start("17.0.1");
    assertThat(first.get(0)).startsWith("flink-core-1.0.jar:");
    assertThat(first.get(1)).doesNotContain("SharedArchiveFile");
    assertThat(start("17.0.1")).isEqualTo(first);
    assertThat(calls("Rehearsal")).isEqualTo(1);
    assertThat(dir.resolve("said")).content().contains("Starts stay as slow as they are");
  }

  @Test
  void shouldStartAsEverWhenNothingCanBeUnpacked() throws Exception {
    Files.delete(dir.resolve("bin/jar"));
    assertThat(start("17.0.1").get(0)).isEqualTo("plain");
  }
}
