package io.millrace.records;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * A record that could not become a row, or a row or vector that something further on refused: what
 * it was, where it lay, and why it was refused. With the raw bytes and the key it can be taken in
 * again after a fix.
 *
 * <p>Everything in it follows from the record itself, not from the moment it was refused, so a
 * replay yields the same dead letter. It is a Flink POJO: no field falls to Kryo.
 *
 * @param pipeline name of the pipeline; empty until the letter is written to its topic, and in
 *     letters of before there was one
 * @param source name of the pipeline's source
 * @param view the feature view that refused the row; empty when the source itself did. Other views
 *     have taken the row in.
 * @param field path of the offending value, for example {@code legs[2].dest}; empty when the record
 *     as a whole is at fault
 * @param message what was found, what the contract expects, and the cure; shows no more than a few
 *     characters of the value, and none of a field classified {@code pii}
 * @param contractVersion version of the contract file, and where the contract has been adapted
 *     since, its revision: {@code 1.0.0} or {@code 1.0.0+3}
 * @param timeMillis the record's own time (Kafka record timestamp, commit time of the change); the
 *     event time when a view refused it
 */
public record DeadLetter(
    String pipeline,
    String source,
    String view,
    DeadLetterReason reason,
    String field,
    String message,
    String contract,
    String contractVersion,
    long timeMillis,
    Coordinates coordinates,
    Raw raw) {

  /** A letter of a source, refused when it was read for the first time. */
  public DeadLetter(
      String source,
      DeadLetterReason reason,
      String field,
      String message,
      String contract,
      String contractVersion,
      long timeMillis,
      Coordinates coordinates,
      Raw raw) {
    this(
        "",
        source,
        "",
        reason,
        field,
        message,
        contract,
        contractVersion,
        timeMillis,
        coordinates,
        raw);
  }

  /** The same letter as one of this pipeline. */
  public DeadLetter ofPipeline(String name) {
    return new DeadLetter(
        name,
        source,
        view,
        reason,
        field,
        message,
        contract,
        contractVersion,
        timeMillis,
        coordinates,
        raw);
  }

  /** The same letter, refused for another reason in words. */
  public DeadLetter withMessage(String other) {
    return new DeadLetter(
        pipeline,
        source,
        view,
        reason,
        field,
        other,
        contract,
        contractVersion,
        timeMillis,
        coordinates,
        raw);
  }

  /** The same letter at other coordinates, such as after a replay. */
  public DeadLetter withCoordinates(Coordinates other) {
    return new DeadLetter(
        pipeline,
        source,
        view,
        reason,
        field,
        message,
        contract,
        contractVersion,
        timeMillis,
        other,
        raw);
  }

  /** The same letter with other bytes, such as those that had been cut off. */
  public DeadLetter withRaw(Raw other) {
    return new DeadLetter(
        pipeline,
        source,
        view,
        reason,
        field,
        message,
        contract,
        contractVersion,
        timeMillis,
        coordinates,
        other);
  }

  /** The same letter, of a row that only this view refused. */
  public DeadLetter ofView(String name) {
    return new DeadLetter(
        pipeline,
        source,
        name,
        reason,
        field,
        message,
        contract,
        contractVersion,
        timeMillis,
        coordinates,
        raw);
  }

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
   * @param headers of the Kafka record, in its order, see {@link Header#bounded}
   * @param replays how often the record was taken out of its dead letter and read again; zero at
   *     first
   */
  public record Coordinates(
      String place, int partition, long position, byte[] key, List<Header> headers, int replays) {

    private static final int MAX_KEY_BYTES = 16 * 1024;
    private static final int TABLE = -1;

    public Coordinates(String place, int partition, long position, byte[] key) {
      this(place, partition, position, key, List.of(), 0);
    }

    public static Coordinates kafka(String topic, int partition, long offset, byte[] key) {
      return kafka(topic, partition, offset, key, List.of());
    }

    public static Coordinates kafka(
        String topic, int partition, long offset, byte[] key, List<Header> headers) {
      return new Coordinates(topic, partition, offset, boundedKey(key), Header.bounded(headers), 0);
    }

    public static Coordinates table(String schemaAndTable, long position, byte[] key) {
      return new Coordinates(schemaAndTable, TABLE, position, boundedKey(key));
    }

    /** The same place, of a record that is read again for the given time. */
    public Coordinates afterReplays(int times) {
      return new Coordinates(place, partition, position, key, headers, times);
    }

    public boolean isTable() {
      return partition == TABLE;
    }

    /** Whether the record can be told from all others of its place by its position. */
    public boolean isExact() {
      return position >= 0;
    }

    private static byte[] boundedKey(byte[] key) {
      if (key == null) {
        return new byte[0];
      }
      return key.length <= MAX_KEY_BYTES ? key : Arrays.copyOf(key, MAX_KEY_BYTES);
    }
  }

  /**
   * A header of a Kafka record.
   *
   * @param value empty when the header has none
   */
  public record Header(String name, byte[] value) {

    /** Stands last where headers were left out; its value is their number, as text. */
    public static final String LEFT_OUT = "millrace.headers-left-out";

    private static final int MAX_BYTES = 16 * 1024;
    private static final int MAX_HEADERS = 64;

    /**
     * The first headers, {@value #MAX_HEADERS} of them and {@value #MAX_BYTES} bytes at most, so
     * that a letter stays small whatever the record. What is left out is counted in {@link
     * #LEFT_OUT}.
     */
    public static List<Header> bounded(List<Header> headers) {
      List<Header> kept = new ArrayList<>();
      int bytes = 0;
      for (Header header : headers) {
        bytes += header.name.length() + header.value.length;
        if (kept.size() == MAX_HEADERS || bytes > MAX_BYTES) {
          byte[] leftOut =
              Integer.toString(headers.size() - kept.size()).getBytes(StandardCharsets.US_ASCII);
          kept.add(new Header(LEFT_OUT, leftOut));
          break;
        }
        kept.add(header);
      }
      return List.copyOf(kept);
    }
  }

  /**
   * The record's value as it was read, whole up to a limit and cut off there.
   *
   * @param bytes the value, or its beginning
   * @param size length of the whole value in bytes
   * @param sha256 of the whole value in hex when it was cut off, otherwise empty
   * @param content what the bytes are
   */
  public record Raw(byte[] bytes, long size, String sha256, Content content) {

    /** What the bytes of a letter are. */
    public enum Content {
      /** The record's value as it was read; of a table's change, JSON of op, before and after. */
      RECORD,
      /**
       * A row of the source as a JSON object, refused by something that has the row and no longer
       * the record.
       */
      ROW,
      /** The columns that a view computes from, as a JSON object. They are no whole row. */
      COLUMNS,
      /** A view's feature vector as a JSON object. */
      VECTOR
    }

    /** The value of a record, perhaps its beginning only. */
    public Raw(byte[] bytes, long size, String sha256) {
      this(bytes, size, sha256, Content.RECORD);
    }

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

    /** The same bytes, which are not the record's own. */
    public Raw as(Content other) {
      return new Raw(bytes, size, sha256, other);
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
