package io.millrace.sql.catalog;

import io.millrace.sql.topics.TopicRows;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.flink.table.data.RowData;

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
   * Some other connector, by its own options.
   *
   * @param options with {@code connector}
   */
  record Connector(Map<String, String> options) implements Reading {
    public Connector {
      options = Map.copyOf(options);
    }
  }

  /**
   * What the catalog itself knows.
   *
   * @param rows asked for when a query is planned
   */
  record Known(Supplier<List<RowData>> rows) implements Reading {}
}
