package io.millrace.sql.catalog;

import io.millrace.sql.topics.TopicFormatFactory;
import io.millrace.sql.topics.TopicTable;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.streaming.connectors.kafka.table.KafkaDynamicTableFactory;
import org.apache.flink.streaming.connectors.kafka.table.UpsertKafkaDynamicTableFactory;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.catalog.ResolvedCatalogTable;
import org.apache.flink.table.connector.sink.DynamicTableSink;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.factories.DynamicTableFactory;
import org.apache.flink.table.factories.DynamicTableSinkFactory;
import org.apache.flink.table.factories.DynamicTableSourceFactory;
import org.apache.flink.table.factories.FactoryUtil;

/**
 * Makes sources of the catalog's tables. It knows what their options do not show: addresses,
 * secrets, and how records are read. It belongs to one catalog and is found through it only.
 *
 * <p>{@code /*+ OPTIONS(...) *}{@code /} may change how much of a table is read and how fast
 * ({@code scan.}, {@code lookup.}, {@code search.}), and nothing else: another format or topic
 * would show what is masked.
 */
final class PipelineTableFactory implements DynamicTableSourceFactory, DynamicTableSinkFactory {

  private static final String BOUNDED = "scan.bounded.mode";
  private static final Set<String> OPEN = Set.of("scan.", "lookup.", "search.");

  private final MillraceCatalog catalog;

  PipelineTableFactory(MillraceCatalog catalog) {
    this.catalog = catalog;
  }

  @Override
  public String factoryIdentifier() {
    return PipelineTable.CONNECTOR;
  }

  @Override
  public Set<ConfigOption<?>> requiredOptions() {
    return Set.of();
  }

  @Override
  public Set<ConfigOption<?>> optionalOptions() {
    return Set.of();
  }

  @Override
  public DynamicTableSource createDynamicTableSource(Context context) {
    if (context.isTemporary()) {
      // Somebody's own, by its own options; perhaps under the name of one of ours.
      return FactoryUtil.createDynamicTableSource(
          null,
          context.getObjectIdentifier(),
          context.getCatalogTable(),
          context.getEnrichmentOptions(),
          context.getConfiguration(),
          context.getClassLoader(),
          true);
    }
    PipelineTable table = catalog.table(context.getObjectIdentifier().toObjectPath());
    Map<String, String> hints = hints(context, table);
    if (table.reading() instanceof Reading.Topic topic) {
      return topic(context, topic, hints);
    }
    if (table.reading() instanceof Reading.Database database) {
      return DatabaseTables.source(context, database, hints);
    }
    if (table.reading() instanceof Reading.History history) {
      return HistoryTables.source(context, history, hints);
    }
    if (table.reading() instanceof Reading.Connector connector) {
      Map<String, String> options = new LinkedHashMap<>(connector.options());
      options.putAll(hints);
      return FactoryUtil.createDynamicTableSource(
          null,
          context.getObjectIdentifier(),
          context.getCatalogTable().copy(options),
          Map.of(),
          context.getConfiguration(),
          context.getClassLoader(),
          false);
    }
    return new KnownRows(
        ((Reading.Known) table.reading()).rows().get(),
        context.getPhysicalRowDataType(),
        context.getObjectIdentifier().getObjectName());
  }

  @Override
  public DynamicTableSink createDynamicTableSink(Context context) {
    if (context.isTemporary()) {
      return FactoryUtil.createDynamicTableSink(
          null,
          context.getObjectIdentifier(),
          context.getCatalogTable(),
          context.getEnrichmentOptions(),
          context.getConfiguration(),
          context.getClassLoader(),
          true);
    }
    throw new ValidationException(
        "table %s is written by its pipeline and can only be read; write to a table of your own"
            .formatted(context.getObjectIdentifier().asSummaryString()));
  }

  private static DynamicTableSource topic(
      DynamicTableFactory.Context context, Reading.Topic topic, Map<String, String> hints) {
    boolean upsert = topic.key().isPresent();
    Map<String, String> options = new LinkedHashMap<>(topic.options());
    if (upsert) {
      options.put("connector", UpsertKafkaDynamicTableFactory.IDENTIFIER);
      options.put("key.format", TopicFormatFactory.IDENTIFIER);
      options.put(
          "key." + TopicFormatFactory.IDENTIFIER + "." + TopicFormatFactory.OF_KEY.key(), "true");
      options.put("value.format", TopicFormatFactory.IDENTIFIER);
      options.put("value.fields-include", "EXCEPT_KEY");
    } else {
      options.put("connector", KafkaDynamicTableFactory.IDENTIFIER);
      options.put("format", TopicFormatFactory.IDENTIFIER);
      options.put("scan.startup.mode", "earliest-offset");
    }
    if (context.getConfiguration().get(ExecutionOptions.RUNTIME_MODE)
        == RuntimeExecutionMode.BATCH) {
      // A batch query asks for what is there now.
      options.put(BOUNDED, "latest-offset");
    }
    options.putAll(hints);
    ResolvedCatalogTable shown = context.getCatalogTable();
    ResolvedCatalogTable table =
        new ResolvedCatalogTable(
            new TopicTable(shown.getOrigin().copy(options), topic.key(), topic.value()),
            shown.getResolvedSchema());
    DynamicTableFactory.Context inner =
        new FactoryUtil.DefaultDynamicTableContext(
            context.getObjectIdentifier(),
            table,
            Map.of(),
            context.getConfiguration(),
            PipelineTableFactory.class.getClassLoader(),
            false);
    return upsert
        ? new UpsertKafkaDynamicTableFactory().createDynamicTableSource(inner)
        : new KafkaDynamicTableFactory().createDynamicTableSource(inner);
  }

  /** The options that a query adds, or those of a table that are meant for its connector. */
  private static Map<String, String> hints(
      DynamicTableFactory.Context context, PipelineTable table) {
    Map<String, String> hints = new LinkedHashMap<>();
    Set<String> further =
        table.reading() instanceof Reading.Connector connector ? connector.hints() : Set.of();
    context
        .getCatalogTable()
        .getOptions()
        .forEach(
            (key, value) -> {
              if (OPEN.stream().anyMatch(key::startsWith) || further.contains(key)) {
                hints.put(key, value);
              } else if (!key.equals(FactoryUtil.CONNECTOR.key())
                  && !value.equals(table.shown().get(key))) {
                throw new ValidationException(
                    "table %s: the option '%s' cannot be changed by a query; those that begin with %s can%s"
                        .formatted(
                            context.getObjectIdentifier().asSummaryString(),
                            key,
                            String.join(", ", OPEN.stream().sorted().toList()),
                            further.isEmpty()
                                ? ""
                                : ", and "
                                    + String.join(", ", further.stream().sorted().toList())));
              }
            });
    return hints;
  }
}
