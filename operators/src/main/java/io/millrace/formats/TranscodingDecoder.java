package io.millrace.formats;

import io.millrace.ingest.ContractOverlay;
import io.millrace.ingest.Decoding;
import io.millrace.ingest.DecodingException;
import io.millrace.ingest.JsonRowDecoder;
import io.millrace.ingest.RowDecoder;
import io.millrace.records.DeadLetterReason;
import java.io.IOException;

/**
 * Decodes records by way of JSON. A record that is not of its format is a problem; only an outage
 * of a server that is needed to read it is thrown.
 */
final class TranscodingDecoder implements RowDecoder {

  private final String format;
  private final Transcoder transcoder;
  private final RowDecoder json;

  /**
   * @param format for messages: "Avro"
   */
  TranscodingDecoder(String format, Transcoder transcoder, RowDecoder json) {
    this.format = format;
    this.transcoder = transcoder;
    this.json = json;
  }

  @Override
  public Decoding decode(byte[] bytes) {
    if (bytes == null) {
      return json.decode(null);
    }
    if (bytes.length > JsonRowDecoder.DEFAULT_MAX_BYTES) {
      return new Decoding.Problem(
          DeadLetterReason.TOO_LARGE,
          "",
          bytes.length + " bytes where at most " + JsonRowDecoder.DEFAULT_MAX_BYTES + " are taken");
    }
    byte[] document;
    try {
      document = transcoder.json(bytes);
    } catch (DecodingException refused) {
      return refused.problem();
    } catch (OutageException away) {
      throw away;
    } catch (IOException | RuntimeException malformed) {
      return new Decoding.Problem(
          DeadLetterReason.NOT_IN_FORMAT, "", "not " + format + ": " + malformed.getMessage());
    }
    return json.decode(document);
  }

  @Override
  public void follow(ContractOverlay overlay) {
    json.follow(overlay);
  }
}
