package io.millrace.sql.catalog;

import io.millrace.pipeline.OfflineSpec;
import io.millrace.pipeline.PostgresOrigin;
import io.millrace.sql.topics.RowMask;
import io.millrace.sql.topics.TopicRows;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.RowType;

/** How the rows of a table are come by. Addresses and secrets are here, and are never shown. */
sealed interface Reading {

  /**
   * A Kafka topic.
   *
   * @param options of Kafka's connector, without formats
   * @param key reader of keys; with one, the topic is an upsert log
   */
  record Topic(Map<String, String> options, Optional<TopicRows> key, TopicRows value)
      implements Reading {
    public Topic {
      options = Map.copyOf(options);
    }
  }

  /**
   * A table of Postgres.
   *
   * @param columns as the database has them
   * @param key columns of its primary key
   */
  record Database(PostgresOrigin origin, RowType columns, RowMask mask, List<String> key)
      implements Reading {}

  /**
   * A table of the offline store.
   *
   * @param table its name in the pipeline's namespace
   */
  record History(OfflineSpec spec, String pipeline, String table, RowType columns, RowMask mask)
      implements Reading {}

  /**
   * Some other connector, by its own options.
   *
   * @param options with {@code connector}
   * @param hints further options that a query may add
   */
  record Connector(Map<String, String> options, Set<String> hints) implements Reading {
    public Connector {
      options = Map.copyOf(options);
      hints = Set.copyOf(hints);
    }
  }

  /**
   * What the catalog itself knows.
   *
   * @param rows asked for when a query is planned
   */
  record Known(Supplier<List<RowData>> rows) implements Reading {}
}
