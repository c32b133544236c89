package io.millrace.jobs.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.records.Alert;
import io.millrace.records.DriftOutcome;
import io.millrace.records.DriftResult;
import io.millrace.records.DriftSummary;
import io.millrace.records.DriftedColumn;
import io.millrace.records.RetrainingAdvice;
import java.util.List;

/** The parts of a report as JSON. */
final class ReportJson {
  private ReportJson() {}

  private static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  private static void put(ObjectNode json, String name, double value) {
    if (Double.isFinite(value)) {
      json.put(name, value);
    } else {
      json.putNull(name);
    }
  }

  static ObjectNode window(DriftSummary summary) {
    ObjectNode json = object();
    json.put("segment", summary.segment());
    json.put("start", summary.windowStartMillis());
    json.put("end", summary.windowEndMillis());
    json.put("outcome", summary.outcome().name());
    json.put("reason", summary.reason());
    json.put("reference", summary.reference());
    json.put("rows", summary.rows());
    json.put("late", summary.late());
    json.put("columns", summary.columns());
    json.put("compared", summary.compared());
    json.put("alarm", summary.alarm().name());
    if (summary.onsetMillis() < 0) {
      json.putNull("onset");
    } else {
      json.put("onset", summary.onsetMillis());
    }
    json.set("drifted", drifted(summary.drifted()));
    return json;
  }

  private static ArrayNode drifted(List<DriftedColumn> columns) {
    ArrayNode array = JsonNodeFactory.instance.arrayNode();
    for (DriftedColumn column : columns) {
      ObjectNode json = array.addObject();
      json.put("column", column.column());
      json.put("statistic", column.statistic());
      put(json, "value", column.value());
      put(json, "threshold", column.threshold());
      put(json, "adjusted_p", column.adjustedP());
    }
    return array;
  }

  static ObjectNode column(DriftResult result) {
    ObjectNode json = object();
    json.put("column", result.column());
    json.put("outcome", result.outcome().name());
    json.put("reason", result.outcome() == DriftOutcome.STABLE ? "" : result.reason());
    json.put("reference", result.reference());
    ArrayNode statistics = json.putArray("statistics");
    for (DriftResult.Statistic statistic : result.statistics()) {
      ObjectNode one = statistics.addObject();
      one.put("name", statistic.name());
      put(one, "value", statistic.value());
      put(one, "effect", statistic.effect());
      put(one, "threshold", statistic.threshold());
      put(one, "p_value", statistic.pValue());
      put(one, "adjusted_p", statistic.adjustedP());
      one.put("drifted", statistic.drifted());
    }
    json.set("reference_profile", profile(result.referenceProfile()));
    json.set("profile", profile(result.profile()));
    ArrayNode bins = json.putArray("bins");
    for (DriftResult.Bin bin : result.bins()) {
      ObjectNode one = bins.addObject();
      one.put("label", bin.label());
      put(one, "lower", bin.lower());
      put(one, "upper", bin.upper());
      one.put("reference_count", bin.referenceCount());
      one.put("count", bin.count());
    }
    ArrayNode quantiles = json.putArray("quantiles");
    for (DriftResult.Quantile quantile : result.quantiles()) {
      ObjectNode one = quantiles.addObject();
      one.put("q", quantile.q());
      put(one, "reference", quantile.reference());
      put(one, "current", quantile.current());
    }
    ArrayNode categories = json.putArray("new_categories");
    for (DriftResult.CategoryCount category : result.newCategories()) {
      categories.addObject().put("category", category.category()).put("count", category.count());
    }
    return json;
  }

  private static ObjectNode profile(DriftResult.Profile profile) {
    ObjectNode json = object();
    json.put("rows", profile.rows());
    json.put("nulls", profile.nulls());
    json.put("nans", profile.nans());
    put(json, "min", profile.min());
    put(json, "max", profile.max());
    put(json, "mean", profile.mean());
    put(json, "stddev", profile.stddev());
    json.put("distinct", profile.distinct());
    return json;
  }

  /** A point of a column's time line. */
  static ObjectNode moment(DriftResult result) {
    ObjectNode json = object();
    json.put("start", result.windowStartMillis());
    json.put("end", result.windowEndMillis());
    json.put("outcome", result.outcome().name());
    ObjectNode values = json.putObject("values");
    ArrayNode drifted = json.putArray("drifted");
    for (DriftResult.Statistic statistic : result.statistics()) {
      put(values, statistic.name(), statistic.value());
      if (statistic.drifted()) {
        drifted.add(statistic.name());
      }
    }
    return json;
  }

  static ObjectNode alert(Alert alert) {
    ObjectNode json = object();
    json.put("id", alert.id());
    json.put("segment", alert.segment());
    json.put("state", alert.state().name());
    json.put("severity", alert.severity().name());
    json.put("onset", alert.onsetMillis());
    json.put("at", alert.atMillis());
    json.put("windows", alert.windows());
    json.put("message", alert.message());
    json.set("columns", drifted(alert.columns()));
    return json;
  }

  static ObjectNode advice(RetrainingAdvice advice) {
    ObjectNode json = object();
    json.put("should_retrain", advice.shouldRetrain());
    json.put("cause", advice.cause().name());
    json.put("reason", advice.reason());
    json.put("since", advice.sinceMillis());
    json.put("at", advice.atMillis());
    json.set("columns", drifted(advice.columns()));
    return json;
  }
}
