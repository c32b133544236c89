package io.millrace.ondemand;

import io.millrace.expressions.RowEvaluator.FailedRowException;
import io.millrace.features.CompiledView;
import io.millrace.online.FeatureRows;
import io.millrace.online.JavaValues;
import io.millrace.online.JointReader;
import io.millrace.online.StoredFeatures;
import io.millrace.pipeline.Pipeline;
import io.millrace.records.FeatureSchema;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;

/**
 * Answers requests of a model server: reads the features that a group needs from the online store,
 * and evaluates its expressions, by the code that training sets run.
 *
 * <pre>{@code
 * CompiledGroup group = CompiledGroup.of(pipeline, spec);            // once, seconds
 * try (OnDemandReader reader = new OnDemandReader(pipeline, group)) { // one for each thread
 *   reader.read(List.of(Map.of("carrier", "UA", "scheduled_minutes", 380)));
 * }
 * }</pre>
 *
 * <p>Cost: one round trip to Redis (to each node of a cluster) whatever the number of requests and
 * views, an entity that several requests name is read once, and a few microseconds a request. Not
 * thread safe.
 */
public final class OnDemandReader implements AutoCloseable {
  private final CompiledGroup group;
  private final RequestForm form;
  private final JointReader store;
  private final GroupEvaluator evaluator;
  private final List<FeatureRows> rows = new ArrayList<>();
  private final List<JavaValues.Getter> results = new ArrayList<>();

  /**
   * Connects with the first read.
   *
   * @throws IllegalArgumentException if the address of the store is malformed
   */
  public OnDemandReader(Pipeline pipeline, CompiledGroup group) {
    this.group = group;
    form = new RequestForm(group);
    List<JointReader.View> views = new ArrayList<>();
    for (CompiledView view : group.views()) {
      FeatureSchema schema = view.schema();
      views.add(new JointReader.View(schema, view.view().online()));
      rows.add(new FeatureRows(schema, schema.values(), new int[0]));
    }
    for (CompiledGroup.Feature feature : group.features()) {
      results.add(JavaValues.getters("group " + group.spec().name(), feature.result()).get(0));
    }
    store = new JointReader(pipeline.onlineStore(), pipeline.name(), views);
    evaluator = group.evaluator();
  }

  /** What a request has to bring. */
  public RequestForm form() {
    return form;
  }

  /**
   * The features of requests.
   *
   * @param requests values by field, see {@link RequestForm#row}
   * @return in the same order
   * @throws IllegalArgumentException if a request does not fit the group
   * @throws IOException if Redis cannot be reached or refuses
   */
  public List<OnDemandFeatures> read(List<? extends Map<String, ?>> requests) throws IOException {
    List<GenericRowData> given = requests.stream().map(form::row).toList();
    List<Map<String, Object>> named = given.stream().map(form::named).toList();
    List<JointReader.Question> questions = new ArrayList<>();
    for (Map<String, Object> request : named) {
      for (int view = 0; view < rows.size(); view++) {
        List<Object> entity = entity(view, request);
        if (!entity.contains(null)) {
          questions.add(new JointReader.Question(view, entity));
        }
      }
    }
    List<Optional<StoredFeatures>> answers = store.read(questions);
    List<OnDemandFeatures> features = new ArrayList<>();
    int next = 0;
    for (int i = 0; i < given.size(); i++) {
      Map<String, Optional<StoredFeatures>> views = new LinkedHashMap<>();
      for (int view = 0; view < rows.size(); view++) {
        boolean asked = !entity(view, named.get(i)).contains(null);
        views.put(
            group.views().get(view).view().name(), asked ? answers.get(next++) : Optional.empty());
      }
      features.add(evaluate(given.get(i), named.get(i), views));
    }
    return features;
  }

  private List<Object> entity(int view, Map<String, Object> request) {
    List<Object> entity = new ArrayList<>();
    group
        .views()
        .get(view)
        .schema()
        .entity()
        .getFieldNames()
        .forEach(field -> entity.add(request.get(field)));
    return entity;
  }

  private OnDemandFeatures evaluate(
      GenericRowData given,
      Map<String, Object> named,
      Map<String, Optional<StoredFeatures>> views) {
    List<String> requestFields = group.spec().request().getFieldNames();
    GenericRowData input = new GenericRowData(requestFields.size() + views.size());
    for (int i = 0; i < requestFields.size(); i++) {
      input.setField(i, given.getField(form.type().getFieldIndex(requestFields.get(i))));
    }
    int view = 0;
    for (Optional<StoredFeatures> stored : views.values()) {
      input.setField(requestFields.size() + view, stored.map(rows.get(view)::row).orElse(null));
      view++;
    }
    Map<String, Object> values = new LinkedHashMap<>();
    Map<String, String> failures = new LinkedHashMap<>();
    for (int i = 0; i < results.size(); i++) {
      String name = group.features().get(i).name();
      values.put(name, null);
      try {
        RowData result = evaluator.evaluate(i, input);
        values.put(name, results.get(i).get(result));
      } catch (FailedRowException failure) {
        failures.put(name, failure.getMessage());
      }
    }
    return new OnDemandFeatures(group.spec().name(), named, values, failures, views);
  }

  @Override
  public void close() {
    evaluator.close();
    store.close();
  }
}
