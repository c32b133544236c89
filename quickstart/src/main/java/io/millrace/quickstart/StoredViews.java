package io.millrace.quickstart;

import io.millrace.expressions.ExpressionException;
import io.millrace.expressions.RowProgram;
import io.millrace.features.FeaturePlan;
import io.millrace.features.LatestPlan;
import io.millrace.online.FeatureReader;
import io.millrace.online.StoredFeatures;
import io.millrace.pipeline.FeatureViewSpec;
import io.millrace.pipeline.Pipeline;
import io.millrace.records.FeatureSchema;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.table.types.logical.RowType;

/** What a model server would see: the pipeline's views as they are in Redis. NOT thread safe. */
final class StoredViews implements AutoCloseable {

  private final Pipeline pipeline;
  private final Map<String, FeatureReader> readers = new HashMap<>();

  StoredViews(Pipeline pipeline) {
    this.pipeline = pipeline;
  }

  /** In the order of the entities; empty for one that is not stored. */
  List<Optional<StoredFeatures>> read(String view, List<? extends List<?>> entities) {
    try {
      return readers.computeIfAbsent(view, this::open).read(entities);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** How many of the entities are stored. */
  long count(String view, List<? extends List<?>> entities) {
    return read(view, entities).stream().filter(Optional::isPresent).count();
  }

  private FeatureReader open(String name) {
    FeatureViewSpec view = pipeline.featureView(name).orElseThrow();
    return new FeatureReader(pipeline.onlineStore(), pipeline.name(), schema(view), view.online());
  }

  private FeatureSchema schema(FeatureViewSpec view) {
    RowType rows = pipeline.source(view.source()).orElseThrow().contract().rowType();
    try {
      return view.isLatest()
          ? LatestPlan.bind(
                  view,
                  RowProgram.compile(rows, LatestPlan.inputs(view), Optional.empty()).outputType())
              .schema()
          : FeaturePlan.bind(
                  view,
                  RowProgram.compile(rows, FeaturePlan.inputs(view), view.where()).outputType())
              .schema();
    } catch (ExpressionException impossible) {
      throw new IllegalStateException("view " + view.name() + " was checked", impossible);
    }
  }

  @Override
  public void close() {
    readers.values().forEach(FeatureReader::close);
  }
}
