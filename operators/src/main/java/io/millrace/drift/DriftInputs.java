package io.millrace.drift;

import io.millrace.contract.Contract;
import io.millrace.contract.Field;
import io.millrace.features.CompiledView;
import io.millrace.pipeline.DriftMonitorSpec;
import io.millrace.pipeline.FeatureViewSpec;
import io.millrace.pipeline.Pipeline;
import io.millrace.pipeline.Source;
import io.millrace.records.FeatureSchema;
import io.millrace.records.FeatureVector;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.flink.api.common.functions.FlatMapFunction;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.util.Collector;

/** What a monitor's rows are: those of a source, or the vectors of a feature view as rows. */
public final class DriftInputs {
  private static final String PII = "pii";

  private DriftInputs() {}

  /**
   * Type of the rows that a monitor watches: those of the source, or a view's entity and features.
   *
   * @throws IllegalArgumentException if the view cannot be compiled
   */
  public static RowType rowType(Pipeline pipeline, DriftMonitorSpec monitor) {
    if (monitor.inputIsView()) {
      return rowType(CompiledView.of(pipeline, view(pipeline, monitor)).schema());
    }
    return source(pipeline, monitor).rowType();
  }

  /** Entity and features of a view, in this order. */
  public static RowType rowType(FeatureSchema schema) {
    List<RowType.RowField> fields = new ArrayList<>(schema.entity().getFields());
    fields.addAll(schema.values().getFields());
    return new RowType(false, fields);
  }

  /** The source whose rows a monitor watches, be it through a view. */
  public static Source source(Pipeline pipeline, DriftMonitorSpec monitor) {
    String name = monitor.inputIsView() ? view(pipeline, monitor).source() : monitor.input();
    return pipeline.source(name).orElseThrow();
  }

  private static FeatureViewSpec view(Pipeline pipeline, DriftMonitorSpec monitor) {
    return pipeline.featureView(monitor.input()).orElseThrow();
  }

  /**
   * Binds a monitor of a checked pipeline.
   *
   * @throws IllegalArgumentException when it has nothing to watch
   */
  public static DriftPlan plan(Pipeline pipeline, DriftMonitorSpec monitor) {
    Source source = source(pipeline, monitor);
    Contract contract = source.contract();
    Set<String> confidential = new HashSet<>();
    for (Field field : contract.fields()) {
      if (field.classification().filter(PII::equalsIgnoreCase).isPresent()) {
        confidential.add(field.name());
      }
    }
    Set<String> skipped = new HashSet<>(confidential);
    if (monitor.inputIsView()) {
      skipped.addAll(view(pipeline, monitor).entity());
    } else {
      skipped.addAll(contract.primaryKey());
      source.eventTime().field().ifPresent(skipped::add);
    }
    boolean retracts =
        !monitor.inputIsView() && source.isChangelog() && source.eventTime().field().isPresent();
    return DriftPlan.bind(monitor, rowType(pipeline, monitor), skipped, confidential, retracts);
  }

  /** Vectors as rows of {@link #rowType(FeatureSchema)}; entities that are no more are left out. */
  public static FlatMapFunction<FeatureVector, RowData> vectorsAsRows(FeatureSchema schema) {
    return new VectorsAsRows(schema);
  }

  private static final class VectorsAsRows implements FlatMapFunction<FeatureVector, RowData> {
    private static final long serialVersionUID = 1L;
    private final RowData.FieldGetter[] entity;
    private final RowData.FieldGetter[] values;

    VectorsAsRows(FeatureSchema schema) {
      entity = getters(schema.entity());
      values = getters(schema.values());
    }

    private static RowData.FieldGetter[] getters(RowType type) {
      RowData.FieldGetter[] getters = new RowData.FieldGetter[type.getFieldCount()];
      for (int i = 0; i < getters.length; i++) {
        LogicalType field = type.getTypeAt(i);
        getters[i] = RowData.createFieldGetter(field, i);
      }
      return getters;
    }

    @Override
    public void flatMap(FeatureVector vector, Collector<RowData> out) {
      if (vector.deleted()) {
        return;
      }
      GenericRowData row = new GenericRowData(entity.length + values.length);
      for (int i = 0; i < entity.length; i++) {
        row.setField(i, entity[i].getFieldOrNull(vector.entity()));
      }
      for (int i = 0; i < values.length; i++) {
        row.setField(entity.length + i, values[i].getFieldOrNull(vector.values()));
      }
      out.collect(row);
    }
  }
}
