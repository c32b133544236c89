package io.millrace.embedding;

import io.millrace.ingest.JsonRowEncoder;
import io.millrace.records.DeadLetter;
import io.millrace.records.DeadLetterReason;
import io.millrace.records.EmbeddingSchema;
import io.millrace.sketch.Hash64;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.utils.ProjectedRowData;
import org.apache.flink.table.runtime.typeutils.RowDataSerializer;
import org.apache.flink.table.types.logical.LogicalTypeRoot;
import org.apache.flink.table.types.logical.RowType;

/** The parts of a row that an embedding is made of. NOT thread-safe. */
final class RowForm {
  private final EmbeddingPlan plan;
  private final RowTexts texts;
  private final Function<RowData, String> tenant;
  private final JsonRowEncoder keyJson;
  private final JsonRowEncoder rowJson;
  private final RowDataSerializer payload;
  private final ProjectedRowData carried;
  private final DataOutputSerializer bytes = new DataOutputSerializer(256);

  RowForm(EmbeddingPlan plan) {
    this.plan = plan;
    RowType type = plan.rowType();
    EmbeddingSchema schema = plan.schema();
    texts = new RowTexts(plan.text(), type, plan.masked());
    tenant = schema.hasTenants() ? RowTexts.field(type, schema.tenantField()) : row -> "";
    keyJson = new JsonRowEncoder(plan.keyType());
    // Columns that are carried beside those of the contract are maps, for which there is no form.
    rowJson =
        new JsonRowEncoder(
            new RowType(
                false,
                type.getFields().stream()
                    .filter(field -> !field.getType().is(LogicalTypeRoot.MAP))
                    .toList()));
    payload = new RowDataSerializer(schema.carried());
    carried =
        ProjectedRowData.from(
            schema.carried().getFieldNames().stream().mapToInt(type::getFieldIndex).toArray());
  }

  String text(RowData row) {
    return texts.of(row);
  }

  /** Whose row it is; empty without tenants, and in a row that names none. */
  String tenant(RowData row) {
    String text = tenant.apply(row);
    return text == null ? "" : text;
  }

  String key(RowData key) {
    return new String(keyJson.encode(key), StandardCharsets.UTF_8);
  }

  /** What goes along with the row's points, as a row of its own. */
  RowData payload(RowData row) {
    return payload.toBinaryRow(carried.replaceRow(row)).copy();
  }

  long hash(RowData payloadRow) throws IOException {
    bytes.clear();
    payload.serialize(payloadRow, bytes);
    return Hash64.of(bytes.getCopyOfBuffer());
  }

  DeadLetter deadLetter(Change change, String field, String message) {
    return new DeadLetter(
            plan.schema().source(),
            DeadLetterReason.NOT_EMBEDDED,
            field,
            "embedding " + plan.schema().embedding() + ": " + message,
            plan.contract(),
            plan.contractVersion(),
            change.hasTime() ? change.timeMillis : 0,
            DeadLetter.Coordinates.table(
                plan.place(), -1, key(change.key).getBytes(StandardCharsets.UTF_8)),
            DeadLetter.Raw.of(rowJson.encode(change.row)).as(DeadLetter.Raw.Content.ROW))
        .ofView(plan.schema().embedding());
  }
}
