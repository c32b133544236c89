package io.millrace.sql.redis;

import io.millrace.online.FeatureRows;
import io.millrace.sql.lookups.FurtherKeys;
import io.millrace.sql.scans.PagedSource;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.connector.source.LookupTableSource;
import org.apache.flink.table.connector.source.ScanTableSource;
import org.apache.flink.table.connector.source.SourceProvider;
import org.apache.flink.table.connector.source.abilities.SupportsLimitPushDown;
import org.apache.flink.table.connector.source.abilities.SupportsProjectionPushDown;
import org.apache.flink.table.connector.source.lookup.AsyncLookupFunctionProvider;
import org.apache.flink.table.connector.source.lookup.PartialCachingAsyncLookupProvider;
import org.apache.flink.table.connector.source.lookup.cache.LookupCache;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.logical.RowType;

/** Reads a feature view: looked up by its entity, or scanned. Only asked-for features travel. */
final class RedisTableSource
    implements ScanTableSource,
        LookupTableSource,
        SupportsProjectionPushDown,
        SupportsLimitPushDown {

  private final RedisTable table;
  private final LookupCache cache;
  private DataType produced;
  private long limit = -1;

  /**
   * @param cache of lookups; null for none
   */
  RedisTableSource(RedisTable table, LookupCache cache, DataType produced) {
    this.table = table;
    this.cache = cache;
    this.produced = produced;
  }

  private RowType type() {
    return (RowType) produced.getLogicalType();
  }

  @Override
  public ChangelogMode getChangelogMode() {
    return ChangelogMode.insertOnly();
  }

  @Override
  public ScanRuntimeProvider getScanRuntimeProvider(ScanContext context) {
    RedisTable.Access access = table.access(type());
    return SourceProvider.of(
        new PagedSource(
            new ViewPages.Opener(
                access, new FeatureRows(access.schema(), type(), new int[0]), table.scanPage()),
            limit),
        1);
  }

  @Override
  public LookupRuntimeProvider getLookupRuntimeProvider(LookupContext context) {
    List<String> keys = new ArrayList<>();
    int[] columns = new int[context.getKeys().length];
    for (int i = 0; i < columns.length; i++) {
      columns[i] = context.getKeys()[i][0];
      keys.add(type().getFieldNames().get(columns[i]));
    }
    List<String> entity = table.schema().entity().getFieldNames();
    if (!keys.containsAll(entity)) {
      throw new ValidationException(
          "table %s: a lookup by %s; features are looked up by all of the entity: %s"
              .formatted(table.name(), String.join(", ", keys), String.join(", ", entity)));
    }
    RedisTable.Access access = table.access(type());
    RedisLookupFunction function =
        new RedisLookupFunction(
            access,
            new FeatureRows(
                access.schema(), type(), entity.stream().mapToInt(keys::indexOf).toArray()),
            new FurtherKeys(type(), keys, columns, entity),
            table.batch(),
            table.linger());
    return cache == null
        ? AsyncLookupFunctionProvider.of(function)
        : PartialCachingAsyncLookupProvider.of(function, cache);
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
    RedisTableSource copy = new RedisTableSource(table, cache, produced);
    copy.limit = limit;
    return copy;
  }

  @Override
  public String asSummaryString() {
    return "Redis view " + table.schema().view() + " " + type().getFieldNames();
  }
}
