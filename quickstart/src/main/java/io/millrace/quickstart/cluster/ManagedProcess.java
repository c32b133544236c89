package io.millrace.quickstart.cluster;

import io.millrace.testkit.Deadline;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A process that outlives the command that started it, known by a file with its process id.
 *
 * <p>The file also holds the time the process started, so that an id which the system has given to
 * somebody else is never taken for ours.
 */
final class ManagedProcess {

  private final String name;
  private final Path pidFile;
  private final Path log;

  /**
   * @param name also the name of its pid file and log
   * @param dir the cluster's folder
   */
  ManagedProcess(String name, Path dir) {
    this.name = name;
    this.pidFile = dir.resolve("pids").resolve(name + ".pid");
    this.log = dir.resolve("log").resolve(name + ".log");
  }

  String name() {
    return name;
  }

  /** What the libraries of the process say; its standard output goes to {@code <name>.out}. */
  Path log() {
    return log;
  }

  Path output() {
    return log.resolveSibling(name + ".out");
  }

  boolean isRunning() {
    return handle().isPresent();
  }

  /** Its process id, if it runs. */
  Optional<Long> pid() {
    return handle().map(ProcessHandle::pid);
  }

  private Optional<ProcessHandle> handle() {
    try {
      if (!Files.exists(pidFile)) {
        return Optional.empty();
      }
      List<String> lines = Files.readAllLines(pidFile);
      long pid = Long.parseLong(lines.get(0).strip());
      String startedAt = lines.size() > 1 ? lines.get(1).strip() : "";
      return ProcessHandle.of(pid)
          .filter(ProcessHandle::isAlive)
          .filter(handle -> startedAt(handle).equals(startedAt));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    } catch (NumberFormatException | IndexOutOfBoundsException damaged) {
      throw new IllegalStateException(pidFile + " does not hold a process id; delete it", damaged);
    }
  }

  private static String startedAt(ProcessHandle handle) {
    return handle.info().startInstant().map(Instant::toString).orElse("");
  }

  /** Starts the process in a session of its own, so that a Ctrl-C in the terminal spares it. */
  void start(List<String> command, Path workingDir, Map<String, String> environment) {
    try {
      Files.createDirectories(pidFile.getParent());
      Files.createDirectories(log.getParent());
      Files.createDirectories(workingDir);
      List<String> detached = new ArrayList<>();
      if (Files.isExecutable(Path.of("/usr/bin/setsid"))) {
        detached.add("/usr/bin/setsid");
      }
      detached.addAll(command);
      ProcessBuilder builder =
          new ProcessBuilder(detached)
              .directory(workingDir.toFile())
              .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(output().toFile()));
      builder.environment().putAll(environment);
      Process process = builder.start();
      Files.writeString(pidFile, process.pid() + "\n" + startedAt(process.toHandle()) + "\n");
    } catch (IOException failure) {
      throw new UncheckedIOException(name + " could not be started", failure);
    }
  }

  /**
   * Returns when the process answers.
   *
   * @param who it is, in messages
   * @param answers is asked again and again
   * @return its process id
   * @throws IllegalStateException with its last words, when it has ended or does not answer in time
   */
  long awaitAnswer(String who, Duration patience, Callable<Boolean> answers) {
    Deadline.await(
        patience,
        () -> who + " to answer; it said last:\n" + lastWords(),
        () -> !isRunning() || answers.call());
    return pid()
        .orElseThrow(
            () ->
                new IllegalStateException(
                    who + " ended right after its start; it said last:\n" + lastWords()));
  }

  /**
   * Asks the process to end, and ends it the hard way when it has not after {@code patience}.
   *
   * @return whether it was running
   */
  boolean stop(Duration patience) {
    Optional<ProcessHandle> running = handle();
    running.ifPresent(
        handle -> {
          handle.destroy();
          if (!ended(handle, patience)) {
            handle.destroyForcibly();
            ended(handle, patience);
          }
        });
    forget();
    return running.isPresent();
  }

  /** Ends the process as a crash would (SIGKILL) and returns the id it had. */
  long kill() {
    ProcessHandle handle =
        handle().orElseThrow(() -> new IllegalStateException(name + " is not running"));
    handle.destroyForcibly();
    ended(handle, Duration.ofSeconds(20));
    forget();
    return handle.pid();
  }

  private static boolean ended(ProcessHandle handle, Duration patience) {
    try {
      handle.onExit().get(patience.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException stillThere) {
      return false;
    } catch (ExecutionException failure) {
      throw new IllegalStateException(failure.getCause());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while stopping a process", interrupted);
    }
  }

  private void forget() {
    try {
      Files.deleteIfExists(pidFile);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** The last lines it wrote, for an error message. */
  String lastWords() {
    StringBuilder words = new StringBuilder();
    for (Path file : List.of(output(), log)) {
      try {
        if (Files.exists(file)) {
          List<String> lines = Files.readAllLines(file);
          lines
              .subList(Math.max(0, lines.size() - 12), lines.size())
              .forEach(line -> words.append("  ").append(line).append('\n'));
        }
      } catch (IOException unreadable) {
        words.append("  (").append(file).append(" cannot be read)\n");
      }
    }
    return words.toString();
  }
}
