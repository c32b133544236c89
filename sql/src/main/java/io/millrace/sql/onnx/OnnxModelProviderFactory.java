package io.millrace.sql.onnx;

import java.util.Set;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.table.factories.FactoryUtil;
import org.apache.flink.table.factories.ModelProviderFactory;
import org.apache.flink.table.ml.ModelProvider;
import org.apache.flink.table.types.logical.RowType;

/** {@code CREATE MODEL ... WITH ('provider' = 'onnx')}, see {@link OnnxOptions}. */
public final class OnnxModelProviderFactory implements ModelProviderFactory {

  @Override
  public String factoryIdentifier() {
    return "onnx";
  }

  @Override
  public Set<ConfigOption<?>> requiredOptions() {
    return Set.of();
  }

  @Override
  public Set<ConfigOption<?>> optionalOptions() {
    return OnnxOptions.all();
  }

  @Override
  public ModelProvider createModelProvider(Context context) {
    FactoryUtil.ModelProviderFactoryHelper helper =
        FactoryUtil.createModelProviderFactoryHelper(this, context);
    helper.validate();
    String name = context.getObjectIdentifier().asSummaryString();
    RowType input =
        (RowType)
            context
                .getCatalogModel()
                .getResolvedInputSchema()
                .toPhysicalRowDataType()
                .getLogicalType();
    RowType output =
        (RowType)
            context
                .getCatalogModel()
                .getResolvedOutputSchema()
                .toPhysicalRowDataType()
                .getLogicalType();
    return OnnxModelProvider.of(name, helper.getOptions(), input, output);
  }
}
