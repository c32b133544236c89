package io.millrace.sql.functions;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.flink.table.functions.UserDefinedFunction;

/** All functions under the names they have in SQL. */
public final class SqlFunctions {
  private static final Map<String, Class<? extends UserDefinedFunction>> ALL = all();

  private SqlFunctions() {}

  /** Name, in capitals, to the class that {@code CREATE FUNCTION ... AS} takes. */
  public static Map<String, Class<? extends UserDefinedFunction>> byName() {
    return ALL;
  }

  private static Map<String, Class<? extends UserDefinedFunction>> all() {
    Map<String, Class<? extends UserDefinedFunction>> all = new LinkedHashMap<>();
    all.put("PSI", Psi.class);
    all.put("KS_STATISTIC", KsStatistic.class);
    all.put("KS_P_VALUE", KsPValue.class);
    all.put("WASSERSTEIN", Wasserstein.class);
    all.put("JS_DISTANCE", JsDistance.class);
    all.put("CHI2_P_VALUE", Chi2PValue.class);
    all.put("APPROX_QUANTILE", ApproxQuantile.class);
    all.put("HISTOGRAM", Histogram.class);
    all.put("COSINE_SIMILARITY", CosineSimilarity.class);
    all.put("L2_DISTANCE", L2Distance.class);
    all.put("DOT_PRODUCT", DotProduct.class);
    all.put("DOT", DotProduct.class);
    all.put("EMBED", Embed.class);
    all.put("JARO_WINKLER", JaroWinkler.class);
    all.put("MASK", Mask.class);
    all.put("MASK_PII", MaskPii.class);
    return Collections.unmodifiableMap(all);
  }
}
