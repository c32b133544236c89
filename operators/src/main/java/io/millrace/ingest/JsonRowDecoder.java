package io.millrace.ingest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import io.millrace.records.DeadLetterReason;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.types.logical.RowType;

/**
 * Decodes one JSON document (RFC 8259) in UTF-8 into one row of the contract, strictly: every value
 * is of the contract's type as it stands, nothing is coerced, rounded, cut off or filled in. It
 * never throws; a document either is a row or has a problem.
 *
 * <ul>
 *   <li>Integers are whole numbers in range; {@code 1.0} and {@code "1"} are not. Floats are
 *       finite. Decimals are numbers or numerals in strings and are exact.
 *   <li>Dates and times are ISO-8601 strings, see {@link IsoTimes}; a timestamp with local time
 *       zone may be whole milliseconds since 1970. Bytes are base64 strings.
 *   <li>A known field may occur once per object. Unknown fields are counted and passed over.
 *   <li>Nothing may follow the document but white space.
 * </ul>
 *
 * <p>Cost: one pass to check the encoding, one to parse, more than twice as fast as Flink's own
 * JSON parser on flights of 300 bytes ({@code scripts/bench ingest}); memory for a refused document
 * does not grow with its nesting or its numbers. The first problem ends the decoding. NOT thread
 * safe.
 *
 * <p>A decoder made by {@link #guarded} knows a source's policies as well: what differs from the
 * contract is settled where it stands, and decoding goes on behind it.
 */
public final class JsonRowDecoder implements RowDecoder {

  /** Documents longer than this many bytes are refused unread. */
  public static final int DEFAULT_MAX_BYTES = 1 << 20;

  /** Arrays and objects may be nested this deep, counting the document itself. */
  public static final int DEFAULT_MAX_DEPTH = 64;

  private final int maxBytes;
  private final int maxDepth;
  private final JsonFactory factory;
  private final Guard.Settings settings;
  private JsonObject root;
  private JsonDocument document;

  public JsonRowDecoder(RowType type) {
    this(type, DEFAULT_MAX_BYTES, DEFAULT_MAX_DEPTH);
  }

  /**
   * @throws IllegalArgumentException if JSON has no form for one of the types
   */
  public JsonRowDecoder(RowType type, int maxBytes, int maxDepth) {
    this(maxBytes, maxDepth, null);
    this.document = new JsonDocument(null);
    this.root = new JsonObject(type, type, "", List.of(), Map.of());
  }

  /**
   * A decoder that leaves what differs from the contract to a source's policies.
   *
   * @throws IllegalArgumentException if JSON has no form for one of the types
   */
  public static JsonRowDecoder guarded(Guard.Settings settings) {
    JsonRowDecoder decoder = new JsonRowDecoder(DEFAULT_MAX_BYTES, DEFAULT_MAX_DEPTH, settings);
    decoder.follow(ContractOverlay.none(settings.intake().contractVersion()));
    return decoder;
  }

  private JsonRowDecoder(int maxBytes, int maxDepth, Guard.Settings settings) {
    this.settings = settings;
    this.maxBytes = maxBytes;
    this.maxDepth = maxDepth;
    this.factory =
        JsonFactory.builder()
            .streamReadConstraints(
                StreamReadConstraints.builder()
                    .maxNestingDepth(maxDepth)
                    .maxStringLength(maxBytes)
                    .maxNameLength(maxBytes)
                    .build())
            // Adversarial names must not fail honest ones: the table starts anew instead.
            .disable(JsonFactory.Feature.FAIL_ON_SYMBOL_HASH_OVERFLOW)
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            // The same results as the JDK's parsers, faster.
            .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
            .enable(StreamReadFeature.USE_FAST_BIG_NUMBER_PARSER)
            .build();
  }

  @Override
  public void follow(ContractOverlay overlay) {
    if (settings == null) {
      return;
    }
    JsonDrift drift = new JsonDrift(settings, overlay);
    Map<String, String> aliases = new HashMap<>(settings.aliases());
    overlay.aliases().forEach(aliases::putIfAbsent);
    document = new JsonDocument(drift);
    root = new JsonObject(drift.rowType(), settings.intake().rowType(), "", List.of(), aliases);
  }

  @Override
  public Decoding decode(byte[] bytes) {
    if (bytes == null) {
      return problem(DeadLetterReason.NULL_RECORD, "the record has no value (a tombstone)");
    }
    if (bytes.length > maxBytes) {
      return problem(
          DeadLetterReason.TOO_LARGE,
          bytes.length + " bytes where at most " + maxBytes + " are taken");
    }
    if (bytes.length == 0) {
      return problem(DeadLetterReason.NOT_JSON, "the record is empty");
    }
    int invalid = Utf8.firstInvalid(bytes);
    if (invalid != Utf8.VALID) {
      return problem(
          DeadLetterReason.INVALID_ENCODING,
          String.format("byte 0x%02x at %d is not UTF-8", bytes[invalid] & 0xff, invalid));
    }
    if (holdsNulEarly(bytes)) {
      return problem(
          DeadLetterReason.INVALID_ENCODING,
          "the record begins with a NUL byte or with UTF-16 or UTF-32; only UTF-8 is taken");
    }
    return parse(bytes);
  }

  private Decoding parse(byte[] bytes) {
    document.begin(bytes);
    try (JsonParser parser = factory.createParser(bytes)) {
      try {
        if (parser.nextToken() == null) {
          return problem(DeadLetterReason.NOT_JSON, "the record is empty");
        }
        GenericRowData row = root.read(parser, document);
        if (!followedByNothing(parser)) {
          return problem(
              DeadLetterReason.TRAILING_DATA,
              "something follows the document at byte " + parser.currentLocation().getByteOffset());
        }
        return document.drift() == null
            ? new Decoding.Row(row, document.unknownFields())
            : document.drift().conclude(row, document.unknownFields(), root);
      } catch (DecodingException e) {
        return e.problem();
      } catch (StreamConstraintsException e) {
        return beyondLimits(parser, e);
      } catch (JsonEOFException e) {
        return problem(DeadLetterReason.NOT_JSON, "the document ends too early");
      } catch (JsonParseException e) {
        return problem(
            DeadLetterReason.NOT_JSON,
            e.getOriginalMessage() + " at byte " + e.getLocation().getByteOffset());
      }
    } catch (IOException | RuntimeException e) {
      return problem(DeadLetterReason.DECODER_FAILURE, e.toString());
    }
  }

  private static boolean followedByNothing(JsonParser parser) throws IOException {
    try {
      return parser.nextToken() == null;
    } catch (JsonParseException e) {
      return false;
    }
  }

  private Decoding beyondLimits(JsonParser parser, StreamConstraintsException e) {
    return parser.getParsingContext().getNestingDepth() > maxDepth - 1
        ? problem(
            DeadLetterReason.TOO_DEEP,
            "nested deeper than " + maxDepth + " levels of arrays and objects")
        : problem(DeadLetterReason.OUT_OF_RANGE, e.getOriginalMessage());
  }

  /** The parser would take zeros among the first four bytes for UTF-16 or UTF-32 and read on. */
  private static boolean holdsNulEarly(byte[] bytes) {
    for (int i = 0; i < Math.min(4, bytes.length); i++) {
      if (bytes[i] == 0) {
        return true;
      }
    }
    return false;
  }

  private static Decoding problem(DeadLetterReason reason, String message) {
    return new Decoding.Problem(reason, "", message);
  }
}
