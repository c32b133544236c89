package io.millrace.sql.topics;

import java.io.IOException;
import java.util.Set;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.connector.format.DecodingFormat;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.factories.DeserializationFormatFactory;
import org.apache.flink.table.factories.DynamicTableFactory;
import org.apache.flink.table.types.DataType;
import org.apache.flink.util.Collector;

/** The format {@value #IDENTIFIER}: what a {@link TopicTable} says about its records. */
public final class TopicFormatFactory implements DeserializationFormatFactory {

  /** Of the format. */
  public static final String IDENTIFIER = "millrace-topic";

  /** Which part of the record a format is asked to read. */
  public static final ConfigOption<Boolean> OF_KEY =
      ConfigOptions.key("of-key").booleanType().defaultValue(false);

  @Override
  public String factoryIdentifier() {
    return IDENTIFIER;
  }

  @Override
  public Set<ConfigOption<?>> requiredOptions() {
    return Set.of();
  }

  @Override
  public Set<ConfigOption<?>> optionalOptions() {
    return Set.of(OF_KEY);
  }

  @Override
  public DecodingFormat<DeserializationSchema<RowData>> createDecodingFormat(
      DynamicTableFactory.Context context, ReadableConfig options) {
    if (!(context.getCatalogTable().getOrigin() instanceof TopicTable table)) {
      throw new ValidationException(
          "table %s: the format '%s' belongs to tables of a Millrace catalog and reads no others; use json or another of Flink's formats"
              .formatted(context.getObjectIdentifier().asSummaryString(), IDENTIFIER));
    }
    return new Format(options.get(OF_KEY) ? table.key().orElseThrow() : table.value());
  }

  private record Format(TopicRows rows) implements DecodingFormat<DeserializationSchema<RowData>> {
    @Override
    public DeserializationSchema<RowData> createRuntimeDecoder(
        DynamicTableSource.Context context, DataType physicalType) {
      return new Decoder(rows, context.createTypeInformation(physicalType));
    }

    @Override
    public ChangelogMode getChangelogMode() {
      return rows.changes();
    }
  }

  private record Decoder(TopicRows rows, TypeInformation<RowData> type)
      implements DeserializationSchema<RowData> {
    private static final long serialVersionUID = 1L;

    @Override
    public void open(InitializationContext context) {
      rows.open();
    }

    @Override
    public RowData deserialize(byte[] message) throws IOException {
      throw new UnsupportedOperationException("a record may be several rows or none");
    }

    @Override
    public void deserialize(byte[] message, Collector<RowData> out) {
      rows.read(message, out);
    }

    @Override
    public boolean isEndOfStream(RowData row) {
      return false;
    }

    @Override
    public TypeInformation<RowData> getProducedType() {
      return type;
    }
  }
}
