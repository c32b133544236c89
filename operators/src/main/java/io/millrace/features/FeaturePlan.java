package io.millrace.features;

import io.millrace.expressions.RowProgram;
import io.millrace.features.kernel.Cells;
import io.millrace.features.kernel.FeatureResult;
import io.millrace.features.kernel.FeatureResults;
import io.millrace.features.kernel.Kernel;
import io.millrace.features.kernel.Kernels;
import io.millrace.features.kernel.Layout;
import io.millrace.pipeline.AggregateFunction;
import io.millrace.pipeline.AggregationSpec;
import io.millrace.pipeline.FeatureViewSpec;
import io.millrace.records.FeatureSchema;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.flink.table.data.writer.BinaryRowWriter;
import org.apache.flink.table.types.logical.BigIntType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;

/**
 * What an aggregating view computes: which SQL projections feed it, which kernels they update, over
 * which windows, and how features come out of them. Everything in order of the pipeline file and
 * the same for the same file.
 *
 * <p>The totals of a key are a {@link Cells} with one cell per distinct window, shortest first, and
 * one last cell for the features without a window.
 */
public final class FeaturePlan implements Serializable {
  private static final long serialVersionUID = 1L;

  private final FeatureSchema schema;
  private final long hopMillis;
  private final long[] windowMillis;
  private final Layout layout;
  private final Kernel[][] kernelsOfTotal;
  private final Kernel[] kernelsOfTile;
  private final Feature[] features;

  /**
   * One feature of the view.
   *
   * @param cell index of its window among {@link FeaturePlan#windowMillis(int)}, or {@link
   *     FeaturePlan#lifetimeCell()}
   */
  public record Feature(String name, LogicalType type, int cell, FeatureResult result)
      implements Serializable {}

  private FeaturePlan(Builder builder) {
    schema = builder.schema();
    hopMillis = builder.view.hop().toMillis();
    windowMillis = builder.windows;
    layout = builder.layout;
    features = builder.features.toArray(new Feature[0]);
    kernelsOfTotal = new Kernel[windowMillis.length + 1][];
    Set<String> tile = new LinkedHashSet<>();
    for (int cell = 0; cell <= windowMillis.length; cell++) {
      kernelsOfTotal[cell] = builder.kernels(builder.idsOfCell.get(cell));
      if (cell < windowMillis.length) {
        tile.addAll(builder.idsOfCell.get(cell));
      }
    }
    kernelsOfTile = builder.kernels(tile);
  }

  /**
   * The SQL projections over the source that the view needs: first its entity fields, then each
   * distinct input of its aggregations once. An aggregation's own condition turns the rows that do
   * not satisfy it into nulls, which no aggregate counts.
   */
  public static List<String> inputs(FeatureViewSpec view) {
    List<String> projections = new ArrayList<>();
    for (String field : view.entity()) {
      projections.add(RowProgram.quoted(field));
    }
    Set<String> inputs = new LinkedHashSet<>();
    for (AggregationSpec aggregation : view.aggregations()) {
      inputOf(aggregation).ifPresent(inputs::add);
    }
    projections.addAll(inputs);
    return projections;
  }

  /**
   * The plan over rows that hold {@link #inputs}, in that order.
   *
   * @throws IllegalArgumentException when an aggregate is not defined for its input's type
   */
  public static FeaturePlan bind(FeatureViewSpec view, RowType projected) {
    if (projected.getFieldCount() != inputs(view).size()) {
      throw new IllegalArgumentException(
          "view %s needs %d columns, got %s"
              .formatted(view.name(), inputs(view).size(), projected));
    }
    return new FeaturePlan(new Builder(view, projected));
  }

  public FeatureSchema schema() {
    return schema;
  }

  public Layout layout() {
    return layout;
  }

  /** How far window edges move at a time. */
  public long hopMillis() {
    return hopMillis;
  }

  /** Number of distinct windows; 0 when every feature is over the key's lifetime. */
  public int windows() {
    return windowMillis.length;
  }

  /** Length of a window, ascending by index, a multiple of the hop. */
  public long windowMillis(int window) {
    return windowMillis[window];
  }

  /** Index of the cell of lifetime totals: after those of the windows. */
  public int lifetimeCell() {
    return windowMillis.length;
  }

  /** Whether any feature is over the key's lifetime, so that a key is never done with. */
  public boolean hasLifetime() {
    return kernelsOfTotal[lifetimeCell()].length > 0;
  }

  /**
   * The kernels that features of this window (or lifetime) are computed from; the first counts
   * rows. The others of its cell stay empty.
   */
  public Kernel[] kernelsOfTotal(int cell) {
    return kernelsOfTotal[cell];
  }

  /** The kernels that any window needs, and so every tile; the first counts rows. */
  public Kernel[] kernelsOfTile() {
    return kernelsOfTile;
  }

  public int features() {
    return features.length;
  }

  public Feature feature(int index) {
    return features[index];
  }

  /**
   * Computes all features and writes them to a row of {@link FeatureSchema#values()}.
   *
   * @param totals one cell per window and one for the lifetime
   * @return how many features were written as null because their value lies outside their type
   */
  public int write(Cells totals, BinaryRowWriter row) {
    int outside = 0;
    for (int column = 0; column < features.length; column++) {
      Feature feature = features[column];
      if (!feature.result.write(totals, feature.cell, row, column)) {
        outside++;
      }
    }
    row.complete();
    return outside;
  }

  /**
   * The aggregation's input as one SQL expression, which is among {@link #inputs}; empty when it
   * counts all rows or has none.
   */
  static Optional<String> inputOf(AggregationSpec aggregation) {
    if (aggregation.function() == AggregateFunction.RATIO) {
      return Optional.empty();
    }
    String input = aggregation.input().strip();
    boolean rows = input.equals("*");
    if (aggregation.where().isPresent()) {
      String condition = aggregation.where().get().strip();
      return Optional.of(
          "CASE WHEN (%s) THEN %s END".formatted(condition, rows ? "TRUE" : "(" + input + ")"));
    }
    return rows ? Optional.empty() : Optional.of(input);
  }

  /** Puts a plan together; kept apart so that the plan's fields are final and serializable. */
  private static final class Builder {
    private final FeatureViewSpec view;
    private final RowType projected;
    private final long[] windows;
    private final Map<String, Integer> columnOfInput = new HashMap<>();
    private final List<Set<String>> idsOfCell = new ArrayList<>();
    private final List<Feature> features = new ArrayList<>();
    private final Layout layout;

    Builder(FeatureViewSpec view, RowType projected) {
      this.view = view;
      this.projected = projected;
      List<String> inputs = inputs(view);
      for (int column = view.entity().size(); column < inputs.size(); column++) {
        columnOfInput.put(inputs.get(column), column);
      }
      TreeSet<Long> lengths = new TreeSet<>();
      for (AggregationSpec aggregation : view.aggregations()) {
        aggregation.windows().forEach(window -> lengths.add(window.length().toMillis()));
      }
      windows = lengths.stream().mapToLong(Long::longValue).toArray();
      layout = layOut();
      addFeatures();
    }

    private Layout layOut() {
      Map<String, Integer> columnOfKernel = new LinkedHashMap<>();
      columnOfKernel.put(Kernels.rows(), Kernels.NO_FIELD);
      for (int cell = 0; cell <= windows.length; cell++) {
        idsOfCell.add(new LinkedHashSet<>(Set.of(Kernels.rows())));
      }
      for (AggregationSpec aggregation : view.aggregations()) {
        for (AggregationSpec operand : operands(aggregation)) {
          for (String id : kernelIds(operand)) {
            columnOfKernel.putIfAbsent(id, column(operand));
            for (int cell : cells(aggregation)) {
              idsOfCell.get(cell).add(id);
            }
          }
        }
      }
      if (view.aggregations().stream().noneMatch(each -> each.windows().isEmpty())) {
        idsOfCell.get(windows.length).clear();
      }
      List<Kernel> kernels = new ArrayList<>();
      columnOfKernel.forEach((id, column) -> kernels.add(Kernels.of(id, column)));
      return Layout.of(kernels);
    }

    private void addFeatures() {
      for (AggregationSpec aggregation : view.aggregations()) {
        LogicalType type = resultType(aggregation);
        FeatureResult result = result(aggregation);
        if (aggregation.windows().isEmpty()) {
          features.add(new Feature(aggregation.name(), type, windows.length, result));
        }
        for (AggregationSpec.Window window : aggregation.windows()) {
          features.add(new Feature(aggregation.featureName(window), type, cell(window), result));
        }
      }
    }

    private FeatureResult result(AggregationSpec aggregation) {
      if (aggregation.function() == AggregateFunction.RATIO) {
        List<AggregationSpec> operands = operands(aggregation);
        return FeatureResults.ratio(result(operands.get(0)), result(operands.get(1)));
      }
      return FeatureResults.of(
          aggregation.function(),
          aggregation.parameters(),
          inputOf(aggregation).orElse("*"),
          inputType(aggregation),
          resultType(aggregation),
          id -> layout.kernel(layout.indexOf(id)));
    }

    /** The aggregations whose kernels this one needs: itself, or the two of a ratio. */
    private List<AggregationSpec> operands(AggregationSpec aggregation) {
      return aggregation.function() == AggregateFunction.RATIO
          ? List.of(
              sibling(aggregation, aggregation.parameters().numerator()),
              sibling(aggregation, aggregation.parameters().denominator()))
          : List.of(aggregation);
    }

    private AggregationSpec sibling(AggregationSpec ratio, String name) {
      AggregationSpec operand =
          view.aggregations().stream()
              .filter(other -> other.name().equals(name))
              .findFirst()
              .orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          "ratio %s is made of %s, which is not an aggregation of view %s"
                              .formatted(ratio.name(), name, view.name())));
      if (operand.function() == AggregateFunction.RATIO) {
        throw new IllegalArgumentException(
            "ratio %s is made of another ratio, %s; name the aggregations that one is made of"
                .formatted(ratio.name(), name));
      }
      AggregateTypes.problem(AggregateFunction.RATIO, resultType(operand))
          .ifPresent(
              problem -> {
                throw new IllegalArgumentException(
                    "ratio %s, operand %s: %s".formatted(ratio.name(), name, problem));
              });
      return operand;
    }

    private List<String> kernelIds(AggregationSpec aggregation) {
      resultType(aggregation);
      return FeatureResults.kernelIds(
          aggregation.function(),
          aggregation.parameters(),
          inputOf(aggregation).orElse("*"),
          inputType(aggregation));
    }

    private LogicalType resultType(AggregationSpec aggregation) {
      try {
        return AggregateTypes.resultType(aggregation.function(), inputType(aggregation));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "view %s, aggregation %s: %s"
                .formatted(view.name(), aggregation.name(), e.getMessage()),
            e);
      }
    }

    private LogicalType inputType(AggregationSpec aggregation) {
      int column = column(aggregation);
      return column < 0 ? new BigIntType(false) : projected.getTypeAt(column);
    }

    private int column(AggregationSpec aggregation) {
      return inputOf(aggregation).map(columnOfInput::get).orElse(Kernels.NO_FIELD);
    }

    private int[] cells(AggregationSpec aggregation) {
      return aggregation.windows().isEmpty()
          ? new int[] {windows.length}
          : aggregation.windows().stream().mapToInt(this::cell).toArray();
    }

    private int cell(AggregationSpec.Window window) {
      return Arrays.binarySearch(windows, window.length().toMillis());
    }

    private Kernel[] kernels(Collection<String> ids) {
      return ids.stream().map(id -> layout.kernel(layout.indexOf(id))).toArray(Kernel[]::new);
    }

    private FeatureSchema schema() {
      int arity = view.entity().size();
      List<RowType.RowField> entity = new ArrayList<>();
      for (int i = 0; i < arity; i++) {
        entity.add(new RowType.RowField(view.entity().get(i), projected.getTypeAt(i)));
      }
      List<RowType.RowField> values = new ArrayList<>();
      for (Feature feature : features) {
        values.add(new RowType.RowField(feature.name(), feature.type()));
      }
      return new FeatureSchema(view.name(), new RowType(false, entity), new RowType(false, values));
    }
  }
}
