package io.millrace.sql.qdrant;

import io.millrace.sql.scans.PagedSource;
import io.millrace.vectors.PointCondition;
import io.millrace.vectors.PointReaderSettings;
import io.millrace.vectors.PointRows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.connector.source.LookupTableSource;
import org.apache.flink.table.connector.source.ScanTableSource;
import org.apache.flink.table.connector.source.SourceProvider;
import org.apache.flink.table.connector.source.VectorSearchTableSource;
import org.apache.flink.table.connector.source.abilities.SupportsFilterPushDown;
import org.apache.flink.table.connector.source.abilities.SupportsLimitPushDown;
import org.apache.flink.table.connector.source.abilities.SupportsProjectionPushDown;
import org.apache.flink.table.connector.source.lookup.AsyncLookupFunctionProvider;
import org.apache.flink.table.expressions.ResolvedExpression;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.logical.RowType;

/**
 * Reads a collection: scanned, looked up by key or id, searched by vector. Conditions that Qdrant
 * can check as SQL means them are left to it. A table with tenants is read one tenant at a time.
 */
final class QdrantTableSource
    implements ScanTableSource,
        LookupTableSource,
        VectorSearchTableSource,
        SupportsFilterPushDown,
        SupportsProjectionPushDown,
        SupportsLimitPushDown {

  private final QdrantTable table;
  private DataType produced;
  private List<PointCondition> conditions;
  private long limit = -1;

  QdrantTableSource(QdrantTable table, DataType produced) {
    this.table = table;
    this.produced = produced;
    this.conditions = table.always();
  }

  private RowType type() {
    return (RowType) produced.getLogicalType();
  }

  private PointRows rows() {
    return new PointRows(type(), type().getFieldIndex(table.vector()) < 0 ? "" : table.vector());
  }

  /** What a search finds; without vectors, which are most of its bytes, where nobody wants them. */
  private PointRows found() {
    return table.searchVectors() ? rows() : rows().withoutVectors();
  }

  @Override
  public ChangelogMode getChangelogMode() {
    return ChangelogMode.insertOnly();
  }

  @Override
  public ScanRuntimeProvider getScanRuntimeProvider(ScanContext context) {
    return SourceProvider.of(
        new PagedSource(
            new CollectionPages.Opener(access(rows(), tenantBound()), table.scanPage()), limit),
        1);
  }

  @Override
  public LookupRuntimeProvider getLookupRuntimeProvider(LookupContext context) {
    List<String> keys = new ArrayList<>();
    for (int[] key : context.getKeys()) {
      if (key.length != 1) {
        throw new ValidationException(
            "table %s: a lookup by a part of a column is not supported".formatted(table.name()));
      }
      keys.add(type().getFieldNames().get(key[0]));
    }
    List<PointCondition> all = keys.contains(table.tenant()) ? conditions : tenantBound();
    return AsyncLookupFunctionProvider.of(
        new QdrantLookupFunction(
            batches(rows(), all), PointKeys.of(table, keys, context.getKeys(), type())));
  }

  @Override
  public VectorSearchRuntimeProvider getSearchRuntimeProvider(VectorSearchContext context) {
    String searched = type().getFieldNames().get(context.getSearchColumns()[0][0]);
    if (!searched.equals(table.vector())) {
      throw new ValidationException(
          "table %s: VECTOR_SEARCH by the column %s, but the vector is %s"
              .formatted(
                  table.name(), searched, table.vector().isEmpty() ? "not there" : table.vector()));
    }
    return new QdrantSearchProvider(batches(found(), tenantBound()), table.vectorInDouble());
  }

  private QdrantAccess access(PointRows rows, List<PointCondition> which) {
    return new QdrantAccess(PointReaderSettings.of(table.reading(), rows, which));
  }

  private PointBatches.Settings batches(PointRows rows, List<PointCondition> which) {
    return new PointBatches.Settings(
        access(rows, which), table.batch(), table.inFlight(), table.linger());
  }

  /** The conditions, among which there is one tenant where the table has tenants. */
  private List<PointCondition> tenantBound() {
    if (!table.tenant().isEmpty()
        && conditions.stream()
            .noneMatch(
                each ->
                    each instanceof PointCondition.Equal equal
                        && equal.field().equals(table.tenant()))) {
      throw new ValidationException(
          "table %s keeps tenants apart by the column %s: name one, by WHERE %s = '...', as a key of the lookup, or by the option 'tenant.value', which a query sets with SELECT * FROM %s /*+ OPTIONS('tenant.value' = '...') */, also as search table of VECTOR_SEARCH"
              .formatted(table.name(), table.tenant(), table.tenant(), table.name()));
    }
    return conditions;
  }

  @Override
  public Result applyFilters(List<ResolvedExpression> filters) {
    PushedFilters pushed = new PushedFilters(table);
    List<ResolvedExpression> accepted = new ArrayList<>();
    List<ResolvedExpression> remaining = new ArrayList<>();
    List<PointCondition> translated = new ArrayList<>(conditions);
    for (ResolvedExpression filter : filters) {
      pushed
          .translate(filter)
          .ifPresentOrElse(
              condition -> {
                accepted.add(filter);
                translated.add(condition);
              },
              () -> remaining.add(filter));
    }
    conditions = List.copyOf(translated);
    return Result.of(accepted, remaining);
  }

  @Override
  public boolean supportsNestedProjection() {
    return false;
  }

  @Override
  public void applyProjection(int[][] fields, DataType producedDataType) {
    produced = producedDataType;
  }

  @Override
  public void applyLimit(long most) {
    limit = most;
  }

  @Override
  public DynamicTableSource copy() {
    QdrantTableSource copy = new QdrantTableSource(table, produced);
    copy.conditions = conditions;
    copy.limit = limit;
    return copy;
  }

  @Override
  public String asSummaryString() {
    return "Qdrant "
        + table.reading().collection()
        + Arrays.toString(type().getFieldNames().toArray());
  }
}
