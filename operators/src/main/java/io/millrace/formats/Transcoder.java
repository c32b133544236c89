package io.millrace.formats;

import io.millrace.ingest.DecodingException;
import java.io.IOException;

/** Writes a record of some format as the JSON object that a producer of JSON would have sent. */
interface Transcoder {

  /**
   * @param record not null
   * @return UTF-8
   * @throws DecodingException if the record is not of the format, and it is known why
   * @throws IOException if the record is not of the format
   * @throws OutageException if a server that is needed does not answer
   */
  byte[] json(byte[] record) throws IOException;
}
