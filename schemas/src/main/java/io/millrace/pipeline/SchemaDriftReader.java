package io.millrace.pipeline;

import io.millrace.contract.Contract;
import io.millrace.document.NearestName;
import io.millrace.document.YamlValue;
import io.millrace.pipeline.SchemaDrift.Coercion;
import io.millrace.pipeline.SchemaDrift.Kind;
import io.millrace.pipeline.SchemaDrift.Policy;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;

/** Reads the {@code schema_drift} section of a source. */
final class SchemaDriftReader {

  private static final String SECTION = "schema_drift";

  private final Reading reading;

  SchemaDriftReader(Reading reading) {
    this.reading = reading;
  }

  SchemaDrift schemaDrift(YamlValue source, Optional<Contract> contract) {
    SchemaDrift drift =
        source
            .get(SECTION)
            .filter(YamlValue::isMap)
            .map(section -> read(section, contract))
            .orElse(SchemaDrift.DEFAULT);
    contract.ifPresent(it -> refuseReservedName(source, it, drift));
    return drift;
  }

  private SchemaDrift read(YamlValue section, Optional<Contract> contract) {
    Map<Kind, Policy> policies = policies(section);
    Map<String, Map<Kind, Policy>> fields = new LinkedHashMap<>();
    section
        .get("fields")
        .ifPresent(
            map ->
                map.entries()
                    .forEach(
                        entry -> {
                          Map<Kind, Policy> own = policies(entry.getValue());
                          contract.ifPresent(
                              it -> checkField(entry.getKey(), entry.getValue(), own, it));
                          fields.put(entry.getKey(), own);
                        }));
    return new SchemaDrift(
        policies,
        reading.share(section, "rename_threshold", SchemaDrift.DEFAULT_RENAME_THRESHOLD),
        coercions(section),
        reading.flag(section, "variants", false),
        reading.flag(section, "dry_run", false),
        fields);
  }

  /** Those of the kinds that are written; others than those allowed the schema has reported. */
  private Map<Kind, Policy> policies(YamlValue map) {
    Map<Kind, Policy> policies = new EnumMap<>(Kind.class);
    for (Kind kind : Kind.values()) {
      if (map.isMap() && map.get(kind.keyword()).isPresent()) {
        Policy policy = reading.choice(map, kind.keyword(), kind.byDefault());
        policies.put(kind, kind.allowed().contains(policy) ? policy : kind.byDefault());
      }
    }
    return policies;
  }

  private Set<Coercion> coercions(YamlValue section) {
    if (section.get("coerce").isEmpty()) {
      return Coercion.DEFAULT;
    }
    Set<Coercion> coercions = EnumSet.noneOf(Coercion.class);
    for (YamlValue item : reading.scalars(section, "coerce")) {
      for (Coercion coercion : Coercion.values()) {
        if (coercion.keyword().equals(item.text())) {
          coercions.add(coercion);
        }
      }
    }
    return coercions;
  }

  /** A policy for new fields may name a field that is not there yet; all others must not. */
  private void checkField(String path, YamlValue place, Map<Kind, Policy> own, Contract contract) {
    boolean forNewFieldOnly = own.keySet().equals(Set.of(Kind.NEW_FIELD));
    if (place.isMap() && !forNewFieldOnly && !exists(path, contract.rowType())) {
      List<String> names = contract.rowType().getFieldNames();
      reading.report(
          place.problem(
              "the field \"" + path + "\", which contract " + contract.name() + " does not have",
              "a field of the contract; only new_field may be set for others",
              NearestName.suggestion(path, names, "correct the name")));
    }
  }

  /** Follows a path such as {@code legs[].dest}. */
  private static boolean exists(String path, LogicalType type) {
    LogicalType at = type;
    for (String step : path.split("\\.", -1)) {
      String name = step;
      int depth = 0;
      while (name.endsWith("[]")) {
        name = name.substring(0, name.length() - 2);
        depth++;
      }
      if (!(at instanceof RowType row) || row.getFieldIndex(name) < 0) {
        return false;
      }
      at = row.getTypeAt(row.getFieldIndex(name));
      for (int i = 0; i < depth; i++) {
        if (!(at instanceof ArrayType array)) {
          return false;
        }
        at = array.getElementType();
      }
    }
    return true;
  }

  private void refuseReservedName(YamlValue source, Contract contract, SchemaDrift drift) {
    if (drift.carriesBeside() && contract.field(Source.EVOLVED_COLUMN).isPresent()) {
      reading.report(
          source
              .nearest("contract")
              .problem(
                  "a contract with a field \"" + Source.EVOLVED_COLUMN + "\"",
                  "any other name: new fields are carried under this one",
                  "rename the field, or set schema_drift so that nothing evolves"));
    }
  }
}
