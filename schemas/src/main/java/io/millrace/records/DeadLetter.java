package io.millrace.records;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * A record that could not become a row: what it was, where it lay, and why it was refused. With the
 * raw bytes and the key it can be produced again after a fix.
 *
 * <p>Everything in it follows from the record itself, not from the moment it was refused, so a
 * replay yields the same dead letter. It is a Flink POJO: no field falls to Kryo.
 *
 * @param source name of the pipeline's source
 * @param field path of the offending value, for example {@code legs[2].dest}; empty when the record
 *     as a whole is at fault
 * @param message what was found, what the contract expects, and the cure; shows no more than a few
 *     characters of the value
 * @param timeMillis the record's own time (Kafka record timestamp, commit time of the change)
 */
public record DeadLetter(
    String source,
    DeadLetterReason reason,
    String field,
    String message,
    String contract,
    String contractVersion,
    long timeMillis,
    Coordinates coordinates,
    Raw raw) {

  /**
   * Where the record lay: topic, partition and offset in Kafka; table and log position in a
   * database.
   *
   * @param place topic, or {@code schema.table}
   * @param partition of the topic; -1 for a table
   * @param position offset in the partition, or log sequence number of the change; -1 when unknown
   *     (rows of the initial snapshot)
   * @param key the Kafka record's key, or the row's primary key as a JSON object; empty when it has
   *     none. At most {@value #MAX_KEY_BYTES} bytes are kept.
   */
  public record Coordinates(String place, int partition, long position, byte[] key) {

    private static final int MAX_KEY_BYTES = 16 * 1024;
    private static final int TABLE = -1;

    public static Coordinates kafka(String topic, int partition, long offset, byte[] key) {
      return new Coordinates(topic, partition, offset, boundedKey(key));
    }

    public static Coordinates table(String schemaAndTable, long position, byte[] key) {
      return new Coordinates(schemaAndTable, TABLE, position, boundedKey(key));
    }

    public boolean isTable() {
      return partition == TABLE;
    }

    private static byte[] boundedKey(byte[] key) {
      if (key == null) {
        return new byte[0];
      }
      return key.length <= MAX_KEY_BYTES ? key : Arrays.copyOf(key, MAX_KEY_BYTES);
    }
  }

  /**
   * The record's value as it was read, whole up to a limit and cut off there.
   *
   * @param bytes the value, or its beginning
   * @param size length of the whole value in bytes
   * @param sha256 of the whole value in hex when it was cut off, otherwise empty
   */
  public record Raw(byte[] bytes, long size, String sha256) {

    /**
     * Values up to this many bytes are kept whole by default. In base64 they take a third more, and
     * so stay well below the 1 MiB that Kafka's {@code max.message.bytes} allows by default; a
     * longer value is still found whole at its coordinates.
     */
    public static final int DEFAULT_LIMIT_BYTES = 512 * 1024;

    public static Raw of(byte[] value) {
      return bounded(value, DEFAULT_LIMIT_BYTES);
    }

    /** Does not copy {@code value} unless it is cut off. A null value is empty. */
    public static Raw bounded(byte[] value, int limitBytes) {
      if (value == null) {
        return new Raw(new byte[0], 0, "");
      }
      if (value.length <= limitBytes) {
        return new Raw(value, value.length, "");
      }
      return new Raw(Arrays.copyOf(value, limitBytes), value.length, sha256Of(value));
    }

    public boolean isTruncated() {
      return size > bytes.length;
    }

    private static String sha256Of(byte[] value) {
      try {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(value));
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("every Java platform has SHA-256", e);
      }
    }
  }
}
