package io.millrace.ingest;

import static io.millrace.records.DeadLetterReason.DUPLICATE_FIELD;
import static io.millrace.records.DeadLetterReason.MISSING_FIELD;
import static io.millrace.records.DeadLetterReason.UNKNOWN_FIELD;

import com.fasterxml.jackson.core.JsonParser;
import io.millrace.ingest.Deviation.Outcome;
import io.millrace.ingest.DriftLedger.Finding;
import io.millrace.pipeline.SchemaDrift;
import io.millrace.pipeline.SchemaDrift.Kind;
import io.millrace.pipeline.SchemaDrift.Policy;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.table.data.GenericMapData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;

/**
 * Settles what differs from the contract in one document after the other, while it is being read:
 * the decoder calls it at the value, and goes on behind it. Costs nothing for clean documents. NOT
 * thread safe.
 */
final class JsonDrift {

  private final Guard.Settings settings;
  private final SchemaDrift policies;
  private final ContractOverlay overlay;
  private final RowType rowType;
  private final DriftLedger ledger;
  private final int carrier;

  private final Map<StringData, StringData> carried = new LinkedHashMap<>();
  private byte[] raw;
  private boolean newFields;

  JsonDrift(Guard.Settings settings, ContractOverlay overlay) {
    this.settings = settings;
    this.policies = settings.drift();
    this.overlay = overlay;
    this.rowType = widened(settings, overlay);
    this.ledger = new DriftLedger(policies, settings.pii());
    int fields = settings.contract().getFieldCount();
    this.carrier = settings.intake().rowType().getFieldCount() > fields ? fields : -1;
  }

  /** The contract's row, with those types of a newer version that fit their slots. */
  private static RowType widened(Guard.Settings settings, ContractOverlay overlay) {
    if (overlay.widened().isEmpty()) {
      return settings.contract();
    }
    RowType slots = settings.intake().rowType();
    List<RowType.RowField> fields =
        settings.contract().getFields().stream()
            .map(
                field -> {
                  LogicalType wider = overlay.widened().get(field.getName());
                  LogicalType slot = slots.getTypeAt(slots.getFieldIndex(field.getName()));
                  return wider != null && Widening.holds(slot, wider)
                      ? new RowType.RowField(
                          field.getName(), wider.copy(field.getType().isNullable()))
                      : field;
                })
            .toList();
    return new RowType(settings.contract().isNullable(), fields);
  }

  /** What the decoder reads. */
  RowType rowType() {
    return rowType;
  }

  void begin(byte[] document) {
    raw = document;
    newFields = false;
    ledger.clear();
    if (!carried.isEmpty()) {
      carried.clear();
    }
  }

  /**
   * Settles a field that the contract file does not know; the parser is at its value.
   *
   * @param written its path
   * @return whether the current version does not know it either
   */
  boolean unknownField(String written, List<JsonArray> arrays, JsonParser parser)
      throws IOException {
    String path = overlay.aliases().getOrDefault(written, written);
    if (overlay.evolved().contains(path) && carrier >= 0 && arrays.isEmpty()) {
      carry(path, JsonFound.take(parser, raw, rowType));
      return false;
    }
    if (overlay.withheld().contains(path)) {
      parser.skipChildren();
      return true;
    }
    Policy policy = policies.policy(Kind.NEW_FIELD, path);
    if (policy == Policy.IGNORE && policies.policy(Kind.RENAME, path) == Policy.IGNORE) {
      parser.skipChildren();
      return true;
    }
    JsonFound found = JsonFound.take(parser, raw, rowType);
    newFields = true;
    boolean carries =
        policy == Policy.EVOLVE
            && carrier >= 0
            && arrays.isEmpty()
            && settings.screen().mayCarry(path, found.sample());
    Outcome decided =
        carries
            ? Outcome.CARRIED
            : policy == Policy.EVOLVE ? Outcome.IGNORED : DriftLedger.strict(policy, true);
    Finding.Problem problem =
        new Finding.Problem(
            UNKNOWN_FIELD,
            JsonSite.currentPath(path, arrays),
            "the contract has no such field; add it, or set new_field to evolve or ignore");
    Outcome real =
        ledger.record(
            new Finding(
                Kind.NEW_FIELD, path, found.name(), "no such field", found.sample(), problem),
            decided);
    if (real == Outcome.CARRIED) {
      carry(path, found);
    }
    return true;
  }

  /** Settles a required field that the record does not have; its value is null. */
  void missing(JsonSite site) {
    absent(site, Kind.MISSING_FIELD, "absent", "the required field is absent");
  }

  /** Settles null where a value is required; the value is null. */
  Object nullInRequired(JsonSite site) {
    absent(site, Kind.NULL_IN_REQUIRED, "NULL", "null where a value is required");
    return null;
  }

  private void absent(JsonSite site, Kind kind, String found, String message) {
    Policy policy = policies.policy(kind, site.path());
    ledger.record(
        new Finding(
            kind,
            site.path(),
            found,
            expected(site),
            "",
            new Finding.Problem(MISSING_FIELD, site.currentPath(), message)),
        DriftLedger.strict(policy, site.slot().isNullable()));
  }

  /**
   * Settles a value that the contract's type does not hold; the parser is at its first token.
   *
   * @return what the row's field becomes
   */
  Object mismatch(JsonSite site, JsonParser parser, DecodingException cause) throws IOException {
    JsonFound found = JsonFound.take(parser, raw, site.type());
    if (isKnownToVersion(site, found)) {
      return null;
    }
    Optional<Coercions.Coerced> coerced = Coercions.read(found, site, policies.coercions());
    if (coerced.isPresent() && policies.coercions().containsAll(coerced.get().needed())) {
      Outcome real = ledger.record(finding(site, found, cause, ""), Outcome.ADAPTED);
      return real.isAccepted() ? coerced.get().value() : null;
    }
    String hint = coerced.map(Coercions.Coerced::hint).orElse("");
    Policy policy = policies.policy(Kind.TYPE_CHANGE, site.path());
    if (policy != Policy.EVOLVE) {
      ledger.record(
          finding(site, found, cause, hint), DriftLedger.strict(policy, site.slot().isNullable()));
      return null;
    }
    Object widened = Coercions.intoSlot(found, site);
    if (widened != null) {
      Outcome real = ledger.record(finding(site, found, cause, hint), Outcome.ADAPTED);
      return real.isAccepted() ? widened : null;
    }
    beside(site, found, cause, hint);
    return null;
  }

  /** A widening beyond the slot, or a conflicting type. */
  private void beside(JsonSite site, JsonFound found, DecodingException cause, String hint) {
    Optional<LogicalType> wider =
        found.type() == null
            ? Optional.empty()
            : Widening.join(site.type(), found.type())
                .filter(type -> !type.copy(true).equals(site.type().copy(true)));
    boolean hasRoom = carrier >= 0 && !site.isInArray() && site.slot().isNullable();
    if (hasRoom && (wider.isPresent() || policies.variants())) {
      Outcome real = ledger.record(finding(site, found, cause, hint), Outcome.CARRIED);
      if (real == Outcome.CARRIED) {
        carry(variant(site, wider.map(JsonFound::familyOf).orElseGet(found::family)), found);
      }
      return;
    }
    String cure =
        wider
            .filter(type -> hint.isEmpty())
            .map(
                type ->
                    "; " + type.copy(true).asSummaryString() + " in the contract would hold both")
            .orElse(hint);
    ledger.record(finding(site, found, cause, cure), Outcome.QUARANTINED);
  }

  /** Carries a value for which a newer version of the contract has a wider type or a variant. */
  private boolean isKnownToVersion(JsonSite site, JsonFound found) {
    if (carrier < 0 || site.isInArray() || !site.slot().isNullable()) {
      return false;
    }
    LogicalType wider = overlay.widened().get(site.path());
    if (wider != null && found.type() != null && Widening.holds(wider, found.type())) {
      carry(variant(site, JsonFound.familyOf(wider)), found);
      return true;
    }
    String variant = variant(site, found.family());
    if (overlay.evolved().contains(variant)) {
      carry(variant, found);
      return true;
    }
    return false;
  }

  private static String variant(JsonSite site, String family) {
    return site.path() + "__" + family;
  }

  private void carry(String name, JsonFound found) {
    if (carried.put(StringData.fromString(name), found.json()) != null) {
      throw new DecodingException(DUPLICATE_FIELD, "the field occurs twice").inField(name);
    }
  }

  private Finding finding(JsonSite site, JsonFound found, DecodingException cause, String hint) {
    return new Finding(
        Kind.TYPE_CHANGE,
        site.path(),
        found.name(),
        expected(site),
        found.sample(),
        new Finding.Problem(cause.reason(), site.currentPath(), cause.getMessage() + hint));
  }

  private static String expected(JsonSite site) {
    return site.type().copy(true).asSummaryString();
  }

  /** What became of the document. */
  Decoding conclude(GenericRowData row, int unknownFields, JsonObject root) {
    if (!carried.isEmpty()) {
      row.setField(carrier, new GenericMapData(new LinkedHashMap<>(carried)));
    }
    if (ledger.isClean()) {
      return new Decoding.Row(row, unknownFields);
    }
    return new Decoding.Drifted(
        row,
        ledger.outcome(),
        ledger.problem(),
        ledger.deviations(),
        newFields ? root.absentOptional() : List.of());
  }
}
