package io.millrace.sql.redis;

import java.util.List;
import java.util.Set;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.table.catalog.UniqueConstraint;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.connector.source.lookup.LookupOptions;
import org.apache.flink.table.connector.source.lookup.cache.DefaultLookupCache;
import org.apache.flink.table.connector.source.lookup.cache.LookupCache;
import org.apache.flink.table.factories.DynamicTableSourceFactory;
import org.apache.flink.table.factories.FactoryUtil;
import org.apache.flink.table.types.logical.RowType;

/** {@code 'connector' = 'millrace-redis'}, see {@link RedisOptions}. */
public final class RedisTableFactory implements DynamicTableSourceFactory {

  @Override
  public String factoryIdentifier() {
    return "millrace-redis";
  }

  @Override
  public Set<ConfigOption<?>> requiredOptions() {
    return RedisOptions.required();
  }

  @Override
  public Set<ConfigOption<?>> optionalOptions() {
    return RedisOptions.optional();
  }

  @Override
  public DynamicTableSource createDynamicTableSource(Context context) {
    FactoryUtil.TableFactoryHelper helper = FactoryUtil.createTableFactoryHelper(this, context);
    helper.validate();
    List<String> key =
        context
            .getCatalogTable()
            .getResolvedSchema()
            .getPrimaryKey()
            .map(UniqueConstraint::getColumns)
            .orElse(List.of());
    RedisTable table =
        RedisTable.of(
            context.getObjectIdentifier().asSummaryString(),
            (RowType) context.getPhysicalRowDataType().getLogicalType(),
            key,
            helper.getOptions());
    LookupCache cache =
        helper.getOptions().get(LookupOptions.CACHE_TYPE) == LookupOptions.LookupCacheType.PARTIAL
            ? DefaultLookupCache.fromConfig(helper.getOptions())
            : null;
    return new RedisTableSource(table, cache, context.getPhysicalRowDataType());
  }
}
