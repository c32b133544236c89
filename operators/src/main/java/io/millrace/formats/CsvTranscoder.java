package io.millrace.formats;

import com.fasterxml.jackson.core.JsonGenerator;
import io.millrace.ingest.DecodingException;
import io.millrace.pipeline.FormatOptions;
import io.millrace.records.DeadLetterReason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.flink.table.types.logical.LogicalTypeRoot;
import org.apache.flink.table.types.logical.RowType;

/**
 * One line of comma-separated values (RFC 4180) as JSON. CSV has no types: a value is written as a
 * number or boolean where the contract has one and the text is one, otherwise as a string, which
 * the contract then judges. More or fewer values than columns are refused: which one is missing
 * cannot be told.
 */
final class CsvTranscoder implements Transcoder {

  /** A JSON number; a leading plus or zeros are not. */
  private static final Pattern NUMBER =
      Pattern.compile("-?(0|[1-9][0-9]{0,999})(\\.[0-9]{1,999})?([eE][+-]?[0-9]{1,9})?");

  private final List<String> columns;
  private final Map<String, LogicalTypeRoot> types = new HashMap<>();
  private final CsvLine line;
  private final JsonBuffer buffer = new JsonBuffer();

  CsvTranscoder(FormatOptions.Csv options, RowType contract) {
    columns = options.columns().isEmpty() ? contract.getFieldNames() : options.columns();
    contract
        .getFields()
        .forEach(field -> types.put(field.getName(), field.getType().getTypeRoot()));
    line = new CsvLine(options.delimiter(), options.quote(), options.nullLiteral());
  }

  @Override
  public byte[] json(byte[] record) throws IOException {
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(record)).toString();
    } catch (CharacterCodingException broken) {
      throw new DecodingException(DeadLetterReason.INVALID_ENCODING, "the line is not UTF-8");
    }
    List<String> values = line.values(text);
    if (values.size() != columns.size()) {
      throw new DecodingException(
          DeadLetterReason.NOT_IN_FORMAT,
          "%d values where %d columns are expected".formatted(values.size(), columns.size()));
    }
    return buffer.write(out -> object(values, out));
  }

  private void object(List<String> values, JsonGenerator out) throws IOException {
    out.writeStartObject();
    for (int i = 0; i < values.size(); i++) {
      out.writeFieldName(columns.get(i));
      value(types.get(columns.get(i)), values.get(i), out);
    }
    out.writeEndObject();
  }

  private static void value(LogicalTypeRoot type, String text, JsonGenerator out)
      throws IOException {
    if (text == null) {
      out.writeNull();
    } else if (type == LogicalTypeRoot.BOOLEAN && (text.equals("true") || text.equals("false"))) {
      out.writeBoolean(text.equals("true"));
    } else if (isNumeric(type) && NUMBER.matcher(text).matches()) {
      out.writeRawValue(text);
    } else {
      out.writeString(text);
    }
  }

  private static boolean isNumeric(LogicalTypeRoot type) {
    if (type == null) {
      return false;
    }
    return switch (type) {
      case TINYINT, SMALLINT, INTEGER, BIGINT, FLOAT, DOUBLE, DECIMAL -> true;
      default -> false;
    };
  }
}
