package io.millrace.vectors;

import io.millrace.records.EmbeddingSchema;
import io.qdrant.client.grpc.Collections.PayloadSchemaType;
import io.qdrant.client.grpc.Common.Filter;
import java.io.Serializable;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.table.types.logical.LogicalType;

/** The conditions of a query: its tenant, and payload fields that equal a value. */
final class SearchFilters {

  private SearchFilters() {}

  static Filter of(VectorQuery query, EmbeddingSchema schema) {
    List<PointCondition> all = new ArrayList<>();
    String tenants = schema.tenantField();
    if (schema.hasTenants()) {
      String tenant =
          query
              .tenant()
              .orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          "collection '%s' keeps tenants apart by the field %s: name the tenant"
                              .formatted(schema.collection(), tenants)));
      all.add(new PointCondition.Equal(tenants, tenant));
    } else if (query.tenant().isPresent()) {
      throw new IllegalArgumentException(
          "collection '%s' has no tenants, but the query names %s"
              .formatted(schema.collection(), query.tenant().get()));
    }
    query.filters().forEach((field, value) -> all.add(equal(field, value, schema)));
    return PointCondition.filterOf(all);
  }

  private static PointCondition equal(String field, String value, EmbeddingSchema schema) {
    if (schema.hasTenants() && field.equals(schema.tenantField())) {
      // Kept as text, whatever the field's type. A second tenant finds nothing: both must match.
      return new PointCondition.Equal(field, value);
    }
    int position = schema.payload().getFieldIndex(field);
    if (position < 0) {
      throw new IllegalArgumentException(
          "filter by %s: points of %s carry no such field; they have %s"
              .formatted(
                  field, schema.embedding(), String.join(", ", schema.payload().getFieldNames())));
    }
    LogicalType type = schema.payload().getTypeAt(position);
    PayloadSchemaType kind =
        PayloadValues.index(type)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "filter by %s: it is %s, which cannot be filtered by"
                            .formatted(field, type.asSummaryString())));
    try {
      return new PointCondition.Equal(field, constant(kind, value));
    } catch (NumberFormatException | DateTimeParseException wrong) {
      throw new IllegalArgumentException(
          "filter by %s: \"%s\" is no value of %s".formatted(field, value, type.asSummaryString()),
          wrong);
    }
  }

  private static Serializable constant(PayloadSchemaType kind, String value) {
    return switch (kind) {
      case Bool -> bool(value);
      case Integer -> Long.parseLong(value);
      case Float -> Double.parseDouble(value);
      case Datetime -> time(value);
      default -> value;
    };
  }

  private static boolean bool(String value) {
    if (value.equals("true") || value.equals("false")) {
      return value.equals("true");
    }
    throw new NumberFormatException("neither true nor false");
  }

  /** A day alone is its midnight, as in the payload. */
  private static Instant time(String value) {
    return value.length() == "2013-01-01".length()
        ? LocalDate.parse(value).atStartOfDay(ZoneOffset.UTC).toInstant()
        : Instant.parse(value);
  }
}
