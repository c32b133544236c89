package io.millrace.embedding;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What a vector follows from: the model (with its precision) and the text. Equal hashes mean equal
 * vectors.
 */
public final class ContentHash {
  private static final int BYTES = 16;

  private ContentHash() {}

  /** The first 128 bits of SHA-256 over the parts, each followed by a zero byte, in hex. */
  public static String of(String... parts) {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
    for (String part : parts) {
      digest.update(part.getBytes(StandardCharsets.UTF_8));
      digest.update((byte) 0);
    }
    return HexFormat.of().formatHex(digest.digest(), 0, BYTES);
  }
}
