package io.millrace.pipeline;

import io.millrace.contract.Field;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What one feature of a view means, and where its values come from.
 *
 * @param name the feature: a column of the view
 * @param computed in a few words, for example {@code avg of dep_delay_minutes where NOT cancelled}
 * @param window over which time, as the file spells it; absent for all time, or the newest row
 * @param sourceFields fields of the source that its SQL names, those of conditions included, in the
 *     contract's order
 * @param condition which rows count, in SQL
 * @param fingerprint 16 hex digits: equal for equal meaning, whatever the order, the comments and
 *     the layout of the file. Another entity, source, hop, condition, expression, window,
 *     parameter, or type of a field that it reads is another meaning; where it is stored is not.
 */
public record FeatureDefinition(
    String name,
    String computed,
    Optional<String> window,
    List<String> sourceFields,
    Optional<String> condition,
    String fingerprint) {

  private static final String FORM = "millrace-feature-1";

  public FeatureDefinition {
    sourceFields = List.copyOf(sourceFields);
  }

  /** Of a view's features, in their order. */
  public static List<FeatureDefinition> of(FeatureViewSpec view, Source source) {
    List<FeatureDefinition> features = new ArrayList<>();
    for (String field : view.latest()) {
      features.add(newest(view, source, field));
    }
    Map<String, AggregationSpec> siblings = new LinkedHashMap<>();
    view.aggregations().forEach(it -> siblings.put(it.name(), it));
    for (AggregationSpec aggregation : view.aggregations()) {
      if (aggregation.windows().isEmpty()) {
        features.add(aggregate(view, source, aggregation, siblings, Optional.empty()));
      }
      for (AggregationSpec.Window window : aggregation.windows()) {
        features.add(aggregate(view, source, aggregation, siblings, Optional.of(window)));
      }
    }
    return features;
  }

  private static FeatureDefinition newest(FeatureViewSpec view, Source source, String field) {
    String conditions = view.where().orElse("");
    List<String> fields = fieldsOf(conditions + " " + quoted(field), source);
    return new FeatureDefinition(
        field,
        "newest " + field,
        Optional.empty(),
        fields,
        view.where(),
        fingerprint(view, source, fields, "newest=" + field));
  }

  private static FeatureDefinition aggregate(
      FeatureViewSpec view,
      Source source,
      AggregationSpec aggregation,
      Map<String, AggregationSpec> siblings,
      Optional<AggregationSpec.Window> window) {
    List<String> conditions =
        Stream.of(view.where(), aggregation.where())
            .flatMap(Optional::stream)
            .map(condition -> "(" + condition + ")")
            .toList();
    String meaning = meaning(aggregation, siblings);
    List<String> fields =
        fieldsOf(expressions(aggregation, siblings) + " " + String.join(" ", conditions), source);
    return new FeatureDefinition(
        window.map(aggregation::featureName).orElse(aggregation.name()),
        describe(aggregation),
        window.map(AggregationSpec.Window::label),
        fields,
        conditions.isEmpty() ? Optional.empty() : Optional.of(String.join(" AND ", conditions)),
        fingerprint(
            view,
            source,
            fields,
            meaning
                + window
                    .map(it -> "\nwindow=" + it.length().toMillis() + "/" + view.hop().toMillis())
                    .orElse("")));
  }

  /** A few words such as {@code avg of dep_delay_minutes where cancelled}. */
  private static String describe(AggregationSpec aggregation) {
    AggregationSpec.Parameters parameters = aggregation.parameters();
    String of =
        switch (aggregation.function()) {
          case RATIO -> parameters.numerator() + " to " + parameters.denominator();
          case QUANTILE -> aggregation.input() + ", q " + parameters.q();
          case LAST_K, TOP_K -> aggregation.input() + ", k " + parameters.k();
          case HISTOGRAM -> aggregation.input() + ", edges " + parameters.edges();
          default -> aggregation.input();
        };
    return aggregation.function().keyword()
        + " of "
        + of
        + aggregation.where().map(where -> " where " + where).orElse("");
  }

  /** What is computed, without names that a ratio gives its parts. */
  private static String meaning(
      AggregationSpec aggregation, Map<String, AggregationSpec> siblings) {
    AggregationSpec.Parameters parameters = aggregation.parameters();
    if (aggregation.function() == AggregateFunction.RATIO) {
      return Stream.of(parameters.numerator(), parameters.denominator())
          .map(siblings::get)
          .map(part -> part == null ? "?" : meaning(part, siblings))
          .toList()
          .toString();
    }
    return String.join(
        "\n",
        "function=" + aggregation.function().keyword(),
        "input=" + aggregation.input().strip(),
        "where=" + aggregation.where().map(String::strip).orElse(""),
        "q=" + parameters.q(),
        "k=" + parameters.k(),
        "edges=" + parameters.edges());
  }

  /** All SQL that an aggregation is made of; for a ratio that of its two parts. */
  private static String expressions(
      AggregationSpec aggregation, Map<String, AggregationSpec> siblings) {
    if (aggregation.function() != AggregateFunction.RATIO) {
      return aggregation.input();
    }
    StringBuilder both = new StringBuilder();
    for (String name :
        List.of(aggregation.parameters().numerator(), aggregation.parameters().denominator())) {
      AggregationSpec part = siblings.get(name);
      if (part != null) {
        both.append(part.input()).append(' ').append(part.where().orElse("")).append(' ');
      }
    }
    return both.toString();
  }

  /**
   * Fields of a source that stand in an expression. One that only stands in a text literal counts
   * too: rather one too many than one too few.
   */
  public static List<String> fieldsOf(String expression, Source source) {
    return source.contract().fields().stream()
        .map(Field::name)
        .filter(
            name ->
                Pattern.compile(
                        "(?<![\\w])" + Pattern.quote(name) + "(?![\\w])", Pattern.CASE_INSENSITIVE)
                    .matcher(expression)
                    .find())
        .toList();
  }

  private static String quoted(String field) {
    return "`" + field + "`";
  }

  private static String fingerprint(
      FeatureViewSpec view, Source source, List<String> fields, String meaning) {
    StringBuilder text = new StringBuilder(FORM);
    line(text, "entity", String.join(",", view.entity()));
    line(text, "source", source.name());
    line(text, "event_time", source.eventTime().field().orElse(""));
    line(text, "where", view.where().map(String::strip).orElse(""));
    Stream.concat(view.entity().stream(), fields.stream())
        .distinct()
        .sorted()
        .forEach(
            field ->
                line(
                    text,
                    "type of " + field,
                    source
                        .contract()
                        .field(field)
                        .map(it -> it.type().copy(true).asSerializableString())
                        .orElse("")));
    text.append('\n').append(meaning);
    return Fingerprint.of(text.toString());
  }

  private static void line(StringBuilder text, String name, String value) {
    text.append('\n').append(name).append('=').append(value);
  }
}
