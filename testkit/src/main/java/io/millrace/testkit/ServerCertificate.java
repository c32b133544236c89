package io.millrace.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;

/**
 * A certificate for 127.0.0.1 that is signed by itself, made by the JDK's keytool.
 *
 * @param certificate PEM; also the authority that clients have to trust
 * @param key PEM (PKCS 8, not encrypted)
 */
public record ServerCertificate(Path certificate, Path key) {

  private static final String ALIAS = "server";
  private static final String PASSWORD = "not-a-secret";

  /**
   * Makes a new one.
   *
   * @param dir where its files are written
   */
  public static ServerCertificate selfSigned(Path dir) {
    try {
      Files.createDirectories(dir);
      Path store = dir.resolve("server.p12");
      keytool(store, dir.resolve("keytool.log"));
      KeyStore keys = KeyStore.getInstance("PKCS12");
      try (InputStream in = Files.newInputStream(store)) {
        keys.load(in, PASSWORD.toCharArray());
      }
      Key key = keys.getKey(ALIAS, PASSWORD.toCharArray());
      return new ServerCertificate(
          pem(dir.resolve("server.pem"), "CERTIFICATE", keys.getCertificate(ALIAS).getEncoded()),
          pem(dir.resolve("server.key"), "PRIVATE KEY", key.getEncoded()));
    } catch (IOException failure) {
      throw new UncheckedIOException("no certificate could be made in " + dir, failure);
    } catch (GeneralSecurityException failure) {
      throw new IllegalStateException("no certificate could be made in " + dir, failure);
    }
  }

  private static void keytool(Path store, Path log) throws IOException {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
            "-genkeypair",
            "-alias",
            ALIAS,
            "-keyalg",
            // Elliptic keys as the JDK writes them are not what rustls reads.
            "RSA",
            "-dname",
            "CN=127.0.0.1",
            "-ext",
            "san=ip:127.0.0.1",
            "-validity",
            "1",
            "-storetype",
            "PKCS12",
            "-storepass",
            PASSWORD,
            "-keystore",
            store.toString());
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try {
      if (process.waitFor() != 0) {
        throw new IOException("keytool failed: " + Files.readString(log));
      }
    } catch (InterruptedException interrupted) {
      process.destroy();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while keytool ran", interrupted);
    }
  }

  private static Path pem(Path file, String what, byte[] content) throws IOException {
    String lines =
        Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII)).encodeToString(content);
    return Files.writeString(
        file, "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(what, lines, what));
  }
}
