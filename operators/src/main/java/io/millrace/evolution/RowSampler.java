package io.millrace.evolution;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.contract.Contract;
import io.millrace.ingest.JsonRowEncoder;
import java.io.IOException;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.RowType;

/**
 * Looks at rows by the contract now and then, so that it is known what the values of a field
 * usually are should the field vanish one day. A row costs some ten microseconds. NOT thread safe.
 */
final class RowSampler {

  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final JsonRowEncoder encoder;
  private final DriftTally tally;

  /**
   * @param rowType of the rows; begins with the contract's fields
   */
  RowSampler(RowType rowType, Contract contract, DriftTally tally) {
    this.encoder =
        new JsonRowEncoder(
            new RowType(false, rowType.getFields().subList(0, contract.fields().size())));
    this.tally = tally;
  }

  void sample(RowData row, long timeMillis) {
    JsonNode json;
    try {
      json = MAPPER.readTree(encoder.encode(row));
    } catch (IOException e) {
      throw new IllegalStateException("what was encoded as JSON is JSON", e);
    }
    json.properties()
        .forEach(field -> tally.addKnown(field.getKey(), field.getValue().toString(), timeMillis));
  }
}
