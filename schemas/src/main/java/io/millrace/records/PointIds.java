package io.millrace.records;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.UUID;

/**
 * Ids of points: the same row has the same id wherever and whenever it is embedded. They are UUIDs
 * of version 5 in a namespace of Millrace's own.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9562#section-5.5">RFC 9562, section 5.5</a>
 */
public final class PointIds {
  private static final UUID URLS = UUID.fromString("6ba7b811-9dad-11d1-80b4-00c04fd430c8");

  /** The UUID of {@code https://millrace.io/points} among URLs. */
  public static final UUID NAMESPACE = uuid5(URLS, "https://millrace.io/points");

  private PointIds() {}

  /**
   * The id of a row's point: of the text {@code source}, a line feed and {@code key}, and from the
   * second chunk on, another line feed and {@code chunk}.
   *
   * @param key the row's key as a JSON object without spaces, its fields in the key's order
   */
  public static UUID of(String source, String key, int chunk) {
    String name = source + "\n" + key;
    return uuid5(NAMESPACE, chunk == 0 ? name : name + "\n" + chunk);
  }

  static UUID uuid5(UUID namespace, String name) {
    MessageDigest sha1;
    try {
      sha1 = MessageDigest.getInstance("SHA-1");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-1", e);
    }
    sha1.update(
        ByteBuffer.allocate(16)
            .putLong(namespace.getMostSignificantBits())
            .putLong(namespace.getLeastSignificantBits())
            .flip());
    ByteBuffer hash = ByteBuffer.wrap(sha1.digest(name.getBytes(StandardCharsets.UTF_8)));
    long high = hash.getLong() & 0xFFFFFFFFFFFF0FFFL | 0x5000L;
    long low = hash.getLong() & 0x3FFFFFFFFFFFFFFFL | 0x8000000000000000L;
    return new UUID(high, low);
  }
}
