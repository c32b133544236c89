package io.millrace.sql.redis;

import io.millrace.pipeline.FeatureViewSpec.Layout;
import java.time.Duration;
import java.util.Set;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.table.connector.source.lookup.LookupOptions;

/** Options of {@code 'connector' = 'millrace-redis'}; docs/sql-connectors.md lists them. */
final class RedisOptions {

  static final ConfigOption<String> URL =
      ConfigOptions.key("url")
          .stringType()
          .noDefaultValue()
          .withDescription("redis[s]://host[:port][/db].");

  static final ConfigOption<String> USERNAME =
      ConfigOptions.key("username").stringType().noDefaultValue().withDescription("To sign in.");

  static final ConfigOption<String> PASSWORD =
      ConfigOptions.key("password").stringType().noDefaultValue().withDescription("To sign in.");

  static final ConfigOption<Boolean> CLUSTER =
      ConfigOptions.key("cluster")
          .booleanType()
          .defaultValue(false)
          .withDescription("Whether the address is a node of a Redis Cluster.");

  static final ConfigOption<String> VIEW =
      ConfigOptions.key("view").stringType().noDefaultValue().withDescription("The feature view.");

  static final ConfigOption<Layout> LAYOUT =
      ConfigOptions.key("layout")
          .enumType(Layout.class)
          .defaultValue(Layout.HASH)
          .withDescription("How the view's entities lie in Redis.");

  static final ConfigOption<String> PIPELINE =
      ConfigOptions.key("pipeline")
          .stringType()
          .noDefaultValue()
          .withDescription("The pipeline's name, a part of keys in the layout hash.");

  static final ConfigOption<String> PROJECT =
      ConfigOptions.key("project")
          .stringType()
          .noDefaultValue()
          .withDescription("Feast's project, a part of keys in the layout feast.");

  static final ConfigOption<Duration> PATIENCE =
      ConfigOptions.key("patience")
          .durationType()
          .defaultValue(Duration.ofSeconds(30))
          .withDescription("How long Redis may be away.");

  static final ConfigOption<Integer> BATCH =
      ConfigOptions.key("batch")
          .intType()
          .defaultValue(500)
          .withDescription("Most lookups that are sent at once.");

  static final ConfigOption<Duration> LINGER =
      ConfigOptions.key("linger")
          .durationType()
          .defaultValue(Duration.ofMillis(1))
          .withDescription("How long a lookup may wait for others.");

  static final ConfigOption<Integer> SCAN_PAGE =
      ConfigOptions.key("scan.page")
          .intType()
          .defaultValue(500)
          .withDescription("Entities that a scan asks for at once.");

  private RedisOptions() {}

  static Set<ConfigOption<?>> required() {
    return Set.of(URL, VIEW);
  }

  static Set<ConfigOption<?>> optional() {
    return Set.of(
        USERNAME,
        PASSWORD,
        CLUSTER,
        LAYOUT,
        PIPELINE,
        PROJECT,
        PATIENCE,
        BATCH,
        LINGER,
        SCAN_PAGE,
        LookupOptions.CACHE_TYPE,
        LookupOptions.PARTIAL_CACHE_MAX_ROWS,
        LookupOptions.PARTIAL_CACHE_EXPIRE_AFTER_WRITE,
        LookupOptions.PARTIAL_CACHE_EXPIRE_AFTER_ACCESS,
        LookupOptions.PARTIAL_CACHE_CACHE_MISSING_KEY);
  }
}
