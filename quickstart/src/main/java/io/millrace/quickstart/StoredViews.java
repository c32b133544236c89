package io.millrace.quickstart;

import io.millrace.features.CompiledView;
import io.millrace.online.FeatureReader;
import io.millrace.online.StoredFeatures;
import io.millrace.pipeline.FeatureViewSpec;
import io.millrace.pipeline.Pipeline;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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
    return new FeatureReader(
        pipeline.onlineStore(),
        pipeline.name(),
        CompiledView.of(pipeline, view).schema(),
        view.online());
  }

  @Override
  public void close() {
    readers.values().forEach(FeatureReader::close);
  }
}
