package io.millrace.sql.redis;

import io.millrace.online.FeatureReader;
import io.millrace.online.FeatureRows;
import io.millrace.pipeline.FeatureViewSpec.Layout;
import io.millrace.pipeline.FeatureViewSpec.Online;
import io.millrace.pipeline.OnlineStore;
import io.millrace.pipeline.Secret;
import io.millrace.records.FeatureSchema;
import java.io.Serializable;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.connector.source.lookup.LookupOptions;
import org.apache.flink.table.types.logical.LogicalTypeRoot;
import org.apache.flink.table.types.logical.RowType;

/**
 * A feature view as a table, checked. The primary key's columns are the view's entity, all others
 * features, except {@code _event_time} and {@code _revision}.
 *
 * @param name of the table, for messages
 * @param url of Redis; may hold a password
 */
record RedisTable(
    String name,
    Secret url,
    boolean cluster,
    String pipeline,
    Online online,
    FeatureSchema schema,
    Duration patience,
    int batch,
    Duration linger,
    int scanPage) {

  private static final int MOST = 10_000;

  /**
   * @param key the primary key's columns, in its order
   * @throws ValidationException with everything that is wrong
   */
  static RedisTable of(String name, RowType type, List<String> key, ReadableConfig options) {
    List<String> problems = new ArrayList<>();
    Layout layout = options.get(RedisOptions.LAYOUT);
    String pipeline =
        needed(RedisOptions.PIPELINE, layout == Layout.HASH, layout, options, problems);
    String project =
        needed(RedisOptions.PROJECT, layout == Layout.FEAST, layout, options, problems);
    for (ConfigOption<Integer> each : List.of(RedisOptions.BATCH, RedisOptions.SCAN_PAGE)) {
      int value = options.get(each);
      if (value < 1 || value > MOST) {
        problems.add(
            "'%s' is %d; expected a number from 1 to %,d".formatted(each.key(), value, MOST));
      }
    }
    if (options.get(LookupOptions.CACHE_TYPE) == LookupOptions.LookupCacheType.FULL) {
      problems.add("'lookup.cache' is FULL; expected PARTIAL, or NONE for the newest values");
    }
    if (key.isEmpty()) {
      problems.add(
          "the columns of the view's entity are not known: add PRIMARY KEY (...) NOT ENFORCED, in the view's order");
    }
    reserved(
        FeatureRows.EVENT_TIME, LogicalTypeRoot.TIMESTAMP_WITH_LOCAL_TIME_ZONE, type, problems);
    reserved(FeatureRows.REVISION, LogicalTypeRoot.BIGINT, type, problems);
    FeatureSchema schema = schema(options.get(RedisOptions.VIEW), type, key);
    RedisTable table =
        new RedisTable(
            name,
            new Secret(url(options, problems)),
            options.get(RedisOptions.CLUSTER),
            pipeline,
            new Online(Optional.empty(), layout, project),
            schema,
            options.get(RedisOptions.PATIENCE),
            options.get(RedisOptions.BATCH),
            options.get(RedisOptions.LINGER),
            options.get(RedisOptions.SCAN_PAGE));
    if (problems.isEmpty()) {
      try {
        table.access(type).check();
      } catch (IllegalArgumentException wrong) {
        problems.add(wrong.getMessage().replace("online_store.redis", "'url'"));
      }
    }
    if (!problems.isEmpty()) {
      throw new ValidationException(
          "table %s cannot be used:%n  - %s"
              .formatted(name, String.join(System.lineSeparator() + "  - ", problems)));
    }
    return table;
  }

  /**
   * The address with what signs in. Flink prints options in messages, and masks only those whose
   * names say that they are secret: so none is taken from the URL.
   */
  private static String url(ReadableConfig options, List<String> problems) {
    String url = options.get(RedisOptions.URL);
    Optional<String> password = options.getOptional(RedisOptions.PASSWORD);
    String user = options.getOptional(RedisOptions.USERNAME).orElse("");
    int host = url.indexOf("://") + 3;
    if (url.indexOf('@') >= 0) {
      problems.add(
          "'url' holds a user or a password, and Flink prints it in messages: leave them out of it and set 'username' and 'password'");
    }
    if (password.isEmpty()) {
      if (!user.isEmpty()) {
        problems.add("'username' is set but not 'password'");
      }
      return url;
    }
    return host < 3
        ? url
        : url.substring(0, host)
            + encoded(user)
            + ":"
            + encoded(password.get())
            + "@"
            + url.substring(host);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private static String needed(
      ConfigOption<String> option,
      boolean needed,
      Layout layout,
      ReadableConfig options,
      List<String> problems) {
    Optional<String> value = options.getOptional(option).filter(text -> !text.isBlank());
    if (needed && value.isEmpty()) {
      problems.add(
          "'%s' is not set, a part of keys in the layout %s".formatted(option.key(), layout));
    }
    return value.orElse("");
  }

  private static void reserved(
      String column, LogicalTypeRoot root, RowType type, List<String> problems) {
    int position = type.getFieldIndex(column);
    if (position >= 0 && !type.getTypeAt(position).is(root)) {
      problems.add(
          "column %s is %s; it is %s"
              .formatted(
                  column,
                  type.getTypeAt(position).asSummaryString(),
                  root == LogicalTypeRoot.BIGINT ? "BIGINT" : "TIMESTAMP_LTZ(3)"));
    }
  }

  private static FeatureSchema schema(String view, RowType type, List<String> key) {
    List<RowType.RowField> entity =
        key.stream().map(name -> type.getFields().get(type.getFieldIndex(name))).toList();
    List<RowType.RowField> features =
        type.getFields().stream()
            .filter(
                field ->
                    !key.contains(field.getName())
                        && !field.getName().equals(FeatureRows.EVENT_TIME)
                        && !field.getName().equals(FeatureRows.REVISION))
            .toList();
    return new FeatureSchema(view, new RowType(false, entity), new RowType(false, features));
  }

  /** How to read the columns of a projected table: only their features are asked for. */
  Access access(RowType projected) {
    return new Access(
        url,
        cluster,
        patience,
        pipeline,
        online.layout(),
        online.project(),
        new FeatureSchema(
            schema.view(),
            schema.entity(),
            schema(
                    schema.view(),
                    projected,
                    schema.entity().getFieldNames().stream()
                        .filter(name -> projected.getFieldIndex(name) >= 0)
                        .toList())
                .values()));
  }

  /** What a TaskManager needs to read the view. */
  record Access(
      Secret url,
      boolean cluster,
      Duration patience,
      String pipeline,
      Layout layout,
      String project,
      FeatureSchema schema)
      implements Serializable {

    FeatureReader open() {
      return new FeatureReader(
              new OnlineStore(url, cluster, patience),
              pipeline,
              schema,
              new Online(Optional.empty(), layout, project))
          .waiting(patience);
    }

    void check() {
      open().close();
    }
  }
}
