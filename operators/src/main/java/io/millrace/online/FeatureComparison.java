package io.millrace.online;

import io.millrace.pipeline.FeatureViewSpec.Layout;
import io.millrace.records.FeatureSchema;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.LogicalType;

/**
 * Whether features in the store are what they should be: compared in the form that the layout
 * keeps, so that what a layout cannot hold (digits, fractions of seconds) is no difference.
 */
public final class FeatureComparison {

  /**
   * A feature that is not what it should be.
   *
   * @param stored as text
   * @param expected as text
   */
  public record Difference(String feature, String stored, String expected) {}

  private final FeatureSchema schema;
  private final Layout layout;
  private final List<JavaValues.Getter> getters;

  public FeatureComparison(FeatureSchema schema, Layout layout) {
    this.schema = schema;
    this.layout = layout;
    getters = JavaValues.getters("view " + schema.view(), schema.values());
  }

  /**
   * The features that differ, in the view's order.
   *
   * @param expected of the type of the view's values
   */
  public List<Difference> differences(StoredFeatures stored, RowData expected) {
    List<String> features = schema.values().getFieldNames();
    List<Difference> differences = new ArrayList<>();
    for (int i = 0; i < getters.size(); i++) {
      String feature = features.get(i);
      Object have = stored.values().get(feature);
      Object want = getters.get(i).get(expected);
      if (!same(schema.values().getTypeAt(i), have, want)) {
        differences.add(
            new Difference(feature, FeatureReader.text(have), FeatureReader.text(want)));
      }
    }
    return differences;
  }

  private boolean same(LogicalType type, Object one, Object other) {
    if (one == null || other == null) {
      return one == other;
    }
    return layout == Layout.FEAST
        ? Arrays.equals(FeastValues.encode(type, one), FeastValues.encode(type, other))
        : Objects.equals(FeatureReader.text(one), FeatureReader.text(other));
  }
}
