package io.millrace.sql.catalog;

import io.millrace.contract.Field;
import io.millrace.features.CompiledView;
import io.millrace.offline.TableLayout;
import io.millrace.pipeline.FeatureViewSpec;
import io.millrace.pipeline.Pipeline;
import io.millrace.pipeline.Source;
import io.millrace.sql.history.HistoryTableSource;
import io.millrace.sql.topics.RowMask.Treatment;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.factories.DynamicTableFactory;
import org.apache.flink.table.types.logical.RowType;

/**
 * What the offline store keeps, under {@value #HISTORY} behind the name of its source or view:
 * every row, every change, every vector there ever was.
 */
final class HistoryTables {

  static final String HISTORY = "_history";

  /**
   * Fields that were learned have columns of their own there, which only the store knows; and where
   * a row lay in its topic is not known of tables of before.
   */
  private static final Set<String> LEFT_OUT =
      Set.of(Source.EVOLVED_COLUMN, TableLayout.PARTITION, TableLayout.OFFSET);

  private HistoryTables() {}

  /** Every row or change of a source. */
  static PipelineTable of(Pipeline pipeline, Source source, PiiPolicy policy) {
    Set<String> keys = new HashSet<>(source.contract().primaryKey());
    Set<String> personal = new HashSet<>();
    source.contract().fields().stream()
        .filter(Field::isPii)
        .map(Field::name)
        .forEach(personal::add);
    return table(
        pipeline,
        TableLayout.history(source),
        source,
        personal,
        keys,
        policy,
        "Every " + (source.isChangelog() ? "change" : "row") + " of source " + source.name());
  }

  /**
   * Every vector of a view.
   *
   * @throws IllegalArgumentException if an expression of the view is refused
   */
  static PipelineTable of(Pipeline pipeline, FeatureViewSpec view, PiiPolicy policy) {
    Source source = pipeline.source(view.source()).orElseThrow();
    Set<String> keys = new HashSet<>(view.entity());
    Set<String> personal = new HashSet<>(FeatureTables.personalFeatures(view, source));
    view.entity().stream().filter(it -> FeatureTables.isPii(source, it)).forEach(personal::add);
    return table(
        pipeline,
        TableLayout.vectors(CompiledView.of(pipeline, view).schema()),
        source,
        personal,
        keys,
        policy,
        "Every vector of view " + view.name());
  }

  private static PipelineTable table(
      Pipeline pipeline,
      TableLayout layout,
      Source source,
      Set<String> personal,
      Set<String> keys,
      PiiPolicy policy,
      String comment) {
    Columns columns = new Columns();
    for (RowType.RowField field : layout.columns().getFields()) {
      String name = field.getName();
      if (LEFT_OUT.contains(name)) {
        continue;
      }
      boolean hidden = policy.masks() && personal.contains(name);
      columns.add(
          name,
          field.getType(),
          (hidden ? SourceTables.HIDDEN : "")
              + source.contract().field(name).map(Field::description).orElse(""),
          hidden ? (keys.contains(name) ? Treatment.PSEUDONYM : Treatment.HIDE) : Treatment.KEEP);
    }
    return new PipelineTable(
        columns.schema().build(),
        comment,
        Map.of(),
        new Reading.History(
            pipeline.offline().orElseThrow(),
            pipeline.name(),
            layout.table().name(),
            columns.readType(),
            columns.mask(policy)));
  }

  static DynamicTableSource source(
      DynamicTableFactory.Context context, Reading.History table, Map<String, String> hints) {
    if (!hints.isEmpty()) {
      throw new ValidationException(
          "table %s takes no options such as %s"
              .formatted(
                  context.getObjectIdentifier().asSummaryString(),
                  hints.keySet().iterator().next()));
    }
    return HistoryTableSource.of(
        table.spec(),
        table.pipeline(),
        table.table(),
        Columns.physical(table.columns(), List.of()),
        (RowType) context.getPhysicalRowDataType().getLogicalType(),
        table.mask(),
        context.getConfiguration());
  }
}
