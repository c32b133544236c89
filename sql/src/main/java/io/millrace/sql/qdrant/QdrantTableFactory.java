package io.millrace.sql.qdrant;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.table.catalog.UniqueConstraint;
import org.apache.flink.table.connector.sink.DynamicTableSink;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.factories.DynamicTableSinkFactory;
import org.apache.flink.table.factories.DynamicTableSourceFactory;
import org.apache.flink.table.factories.FactoryUtil;
import org.apache.flink.table.types.logical.RowType;

/** {@code 'connector' = 'qdrant'}, see {@link QdrantOptions}. */
public final class QdrantTableFactory
    implements DynamicTableSourceFactory, DynamicTableSinkFactory {

  @Override
  public String factoryIdentifier() {
    return "qdrant";
  }

  @Override
  public Set<ConfigOption<?>> requiredOptions() {
    return QdrantOptions.required();
  }

  @Override
  public Set<ConfigOption<?>> optionalOptions() {
    return QdrantOptions.optional();
  }

  @Override
  public DynamicTableSource createDynamicTableSource(Context context) {
    return new QdrantTableSource(table(context), context.getPhysicalRowDataType());
  }

  @Override
  public DynamicTableSink createDynamicTableSink(Context context) {
    QdrantTable table = table(context);
    List<String> problems = new ArrayList<>();
    if (table.key().isEmpty()) {
      problems.add(
          "a row's point is named after its key, and there is none: add PRIMARY KEY (...) NOT ENFORCED");
    }
    if (table.vector().isEmpty()) {
      problems.add("no column is a vector: add one of ARRAY<FLOAT>");
    }
    if (table.model().isEmpty()) {
      problems.add(
          "'model' is not set: name the model that makes the vectors, for example 'all-minilm-l6-v2/fp32'; vectors of two models cannot be compared, and a collection belongs to one");
    }
    if (!problems.isEmpty()) {
      throw QdrantTable.wrong(table.name(), problems);
    }
    return new QdrantTableSink(table);
  }

  private QdrantTable table(Context context) {
    FactoryUtil.TableFactoryHelper helper = FactoryUtil.createTableFactoryHelper(this, context);
    helper.validate();
    return QdrantTable.of(
        context.getObjectIdentifier().asSummaryString(),
        (RowType) context.getPhysicalRowDataType().getLogicalType(),
        context
            .getCatalogTable()
            .getResolvedSchema()
            .getPrimaryKey()
            .map(UniqueConstraint::getColumns)
            .orElse(List.of()),
        helper.getOptions());
  }
}
