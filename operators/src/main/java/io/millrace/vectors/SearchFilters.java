package io.millrace.vectors;

import static io.qdrant.client.ConditionFactory.match;
import static io.qdrant.client.ConditionFactory.matchKeyword;
import static io.qdrant.client.ConditionFactory.range;

import com.google.protobuf.Timestamp;
import io.millrace.records.EmbeddingSchema;
import io.qdrant.client.ConditionFactory;
import io.qdrant.client.grpc.Collections.PayloadSchemaType;
import io.qdrant.client.grpc.Common.Condition;
import io.qdrant.client.grpc.Common.DatetimeRange;
import io.qdrant.client.grpc.Common.Filter;
import io.qdrant.client.grpc.Common.Range;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import org.apache.flink.table.types.logical.LogicalType;

/** The conditions of a query: its tenant, and payload fields that equal a value. */
final class SearchFilters {

  private SearchFilters() {}

  static Filter of(VectorQuery query, EmbeddingSchema schema) {
    Filter.Builder all = Filter.newBuilder();
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
      all.addMust(matchKeyword(tenants, tenant));
    } else if (query.tenant().isPresent()) {
      throw new IllegalArgumentException(
          "collection '%s' has no tenants, but the query names %s"
              .formatted(schema.collection(), query.tenant().get()));
    }
    query.filters().forEach((field, value) -> all.addMust(equal(field, value, schema)));
    return all.build();
  }

  private static Condition equal(String field, String value, EmbeddingSchema schema) {
    if (schema.hasTenants() && field.equals(schema.tenantField())) {
      // Kept as text, whatever the field's type. A second tenant finds nothing: both must match.
      return matchKeyword(field, value);
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
      return switch (kind) {
        case Bool -> match(field, bool(value));
        case Integer -> match(field, Long.parseLong(value));
        case Float -> number(field, Double.parseDouble(value));
        case Datetime -> time(field, value);
        default -> matchKeyword(field, value);
      };
    } catch (NumberFormatException | DateTimeParseException wrong) {
      throw new IllegalArgumentException(
          "filter by %s: \"%s\" is no value of %s".formatted(field, value, type.asSummaryString()),
          wrong);
    }
  }

  private static boolean bool(String value) {
    if (value.equals("true") || value.equals("false")) {
      return value.equals("true");
    }
    throw new NumberFormatException("neither true nor false");
  }

  private static Condition number(String field, double value) {
    return range(field, Range.newBuilder().setGte(value).setLte(value).build());
  }

  /** A day alone is its midnight, as in the payload. */
  private static Condition time(String field, String value) {
    Instant instant =
        value.length() == "2013-01-01".length()
            ? LocalDate.parse(value).atStartOfDay(ZoneOffset.UTC).toInstant()
            : Instant.parse(value);
    Timestamp at =
        Timestamp.newBuilder()
            .setSeconds(instant.getEpochSecond())
            .setNanos(instant.getNano())
            .build();
    return ConditionFactory.datetimeRange(
        field, DatetimeRange.newBuilder().setGte(at).setLte(at).build());
  }
}
