package io.millrace.formats;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

/** Writes one JSON document after the other into the same memory. NOT thread safe. */
final class JsonBuffer {

  private static final JsonFactory FACTORY = new JsonFactory();

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);

  /** Writes one document. */
  interface Content {
    void write(JsonGenerator json) throws IOException;
  }

  byte[] write(Content content) throws IOException {
    bytes.reset();
    JsonGenerator json = FACTORY.createGenerator(bytes, JsonEncoding.UTF8);
    try {
      content.write(json);
      json.close();
    } catch (IOException | RuntimeException broken) {
      // What is open would be closed with more output, which nobody reads.
      json.disable(JsonGenerator.Feature.AUTO_CLOSE_JSON_CONTENT);
      json.close();
      throw broken;
    }
    return bytes.toByteArray();
  }
}
