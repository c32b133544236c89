package io.millrace.sql.catalog;

import io.millrace.document.Environment;
import java.nio.file.Path;
import java.util.Set;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.table.catalog.Catalog;
import org.apache.flink.table.factories.CatalogFactory;
import org.apache.flink.table.factories.FactoryUtil;

/**
 * {@code CREATE CATALOG millrace WITH ('type' = 'millrace', 'pipelines' = 'conf/pipelines')}.
 *
 * <p>{@code ${NAME}} in pipeline files is taken from the environment of the process that opens the
 * catalog: of the SQL gateway, where there is one.
 */
public final class MillraceCatalogFactory implements CatalogFactory {

  /** The catalog's type. */
  public static final String IDENTIFIER = "millrace";

  static final ConfigOption<String> PIPELINES =
      ConfigOptions.key("pipelines")
          .stringType()
          .noDefaultValue()
          .withDescription("Folder of the pipeline files; they are read when a session begins.");

  static final ConfigOption<PiiPolicy.Mode> PII =
      ConfigOptions.key("pii")
          .enumType(PiiPolicy.Mode.class)
          .defaultValue(PiiPolicy.Mode.MASK)
          .withDescription(
              "Whether fields classified as personal data are masked or revealed: mask, reveal.");

  static final ConfigOption<String> DEFAULT_DATABASE =
      ConfigOptions.key("default-database")
          .stringType()
          .defaultValue(MillraceCatalog.SYSTEM)
          .withDescription("The database of a session that has not chosen another: a pipeline.");

  @Override
  public String factoryIdentifier() {
    return IDENTIFIER;
  }

  @Override
  public Set<ConfigOption<?>> requiredOptions() {
    return Set.of(PIPELINES);
  }

  @Override
  public Set<ConfigOption<?>> optionalOptions() {
    return Set.of(PII, DEFAULT_DATABASE);
  }

  @Override
  public Catalog createCatalog(Context context) {
    FactoryUtil.CatalogFactoryHelper helper = FactoryUtil.createCatalogFactoryHelper(this, context);
    helper.validate();
    return new MillraceCatalog(
        context.getName(),
        helper.getOptions().get(DEFAULT_DATABASE),
        Path.of(helper.getOptions().get(PIPELINES)),
        PiiPolicy.of(helper.getOptions().get(PII)),
        Environment.system());
  }
}
