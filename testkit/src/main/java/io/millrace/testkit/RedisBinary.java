package io.millrace.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Finds a redis-server executable: the one named by {@code MILLRACE_REDIS_SERVER}, or the 6.2 build
 * carried by the embedded-redis library, or, where that one does not run (it wants OpenSSL 3 on
 * Linux), a {@code redis-server} on the PATH.
 */
public final class RedisBinary {

  private RedisBinary() {}

  /**
   * An executable that runs on this machine.
   *
   * @param dir where the carried executable is unpacked (10 MB)
   */
  public static Path executable(Path dir) throws IOException {
    String chosen = System.getenv("MILLRACE_REDIS_SERVER");
    if (chosen != null && !chosen.isBlank()) {
      return Path.of(chosen);
    }
    Path unpacked = dir.resolve("redis-server");
    if (Files.isExecutable(unpacked) || (unpack(unpacked) && runs(unpacked))) {
      return unpacked;
    }
    Files.deleteIfExists(unpacked);
    String path = System.getenv().getOrDefault("PATH", "");
    for (String entry : path.split(":")) {
      Path candidate = Path.of(entry, "redis-server");
      if (Files.isExecutable(candidate)) {
        return candidate;
      }
    }
    throw new IOException(
        "no redis-server for "
            + platform()
            + ": the carried one does not run here and there is none on the PATH; install Redis 6.2"
            + " or newer, or name its redis-server in MILLRACE_REDIS_SERVER");
  }

  private static boolean unpack(Path target) throws IOException {
    String resource =
        switch (platform()) {
          case "linux-amd64" -> "/redis-server-6.2.6-v5-linux-amd64";
          case "linux-arm64" -> "/redis-server-6.2.7-linux-arm64";
          case "darwin-amd64" -> "/redis-server-6.2.6-v5-darwin-amd64";
          case "darwin-arm64" -> "/redis-server-6.2.6-v5-darwin-arm64";
          default -> null;
        };
    if (resource == null) {
      return false;
    }
    try (InputStream in = redis.embedded.RedisServer.class.getResourceAsStream(resource)) {
      if (in == null) {
        return false;
      }
      Path half = Files.createTempFile(target.getParent(), "redis-server", ".part");
      Files.copy(in, half, StandardCopyOption.REPLACE_EXISTING);
      if (!half.toFile().setExecutable(true)) {
        throw new IOException("could not make " + half + " executable");
      }
      Files.move(half, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      return true;
    }
  }

  private static boolean runs(Path executable) {
    try {
      Process process =
          new ProcessBuilder(executable.toString(), "--version")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (IOException cannotRun) {
      return false;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static String platform() {
    String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    String arch = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
    return (os.contains("mac") ? "darwin" : os.contains("linux") ? "linux" : os)
        + "-"
        + (arch.equals("x86_64") || arch.equals("amd64")
            ? "amd64"
            : arch.equals("aarch64") ? "arm64" : arch);
  }
}
