package io.millrace.ingest;

import io.millrace.contract.Contract;
import io.millrace.contract.Field;
import io.millrace.pipeline.SchemaDrift;
import io.millrace.pipeline.Source;
import io.millrace.records.DeadLetter;
import java.io.Serializable;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.flink.table.types.logical.RowType;

/**
 * Decides about each record of a source, by its contract and its policies, before anything else
 * sees it. Knows nothing of Flink's runtime. NOT thread safe.
 *
 * <ol>
 *   <li>{@link #admit} decodes a record. A record by the contract is a row; one beyond any policy,
 *       such as broken JSON, a dead letter; the others come with an account of their {@link Drift}
 *       and still have their bytes.
 *   <li>{@link #reconsider} decodes such a record again if a newer version of the contract is known
 *       by now.
 *   <li>{@link #settle} carries out what was decided.
 * </ol>
 *
 * <p>A source may do all three by itself, or leave the last two to an operator that hears of newer
 * versions.
 */
public final class Guard {

  private final Intake intake;
  private final RowDecoder decoder;
  private final QualityGate quality;
  private ContractOverlay overlay;
  private int unknownFields;

  /**
   * What the guard needs to know of a source.
   *
   * @param contract row type by the contract file; {@code intake.rowType()} is that of the rows
   * @param aliases other names of top-level fields, to the contract's
   * @param pii top-level fields whose values are not to be shown
   * @param rules checked on every row
   * @param screen asked about new fields
   */
  public record Settings(
      Intake.Settings intake,
      RowType contract,
      Map<String, String> aliases,
      Set<String> pii,
      SchemaDrift drift,
      RowRules rules,
      FieldScreen screen)
      implements Serializable {

    public Settings {
      aliases = Map.copyOf(aliases);
      pii = Set.copyOf(pii);
    }

    /**
     * @throws IllegalArgumentException if the event time field is not in the contract or no time
     */
    public static Settings of(Source source) {
      Contract contract = source.contract();
      Map<String, String> aliases = new HashMap<>();
      Set<String> pii = new HashSet<>();
      for (Field field : contract.fields()) {
        field.aliases().forEach(alias -> aliases.put(alias, field.name()));
        if (field.isPii()) {
          pii.add(field.name());
        }
      }
      return new Settings(
          Intake.Settings.of(source),
          contract.rowType(),
          aliases,
          pii,
          source.schemaDrift(),
          RowRules.NONE,
          FieldScreen.OPEN);
    }

    public Settings withRules(RowRules other) {
      return new Settings(intake, contract, aliases, pii, drift, other, screen);
    }

    public Settings withScreen(FieldScreen other) {
      return new Settings(intake, contract, aliases, pii, drift, rules, other);
    }
  }

  /** A guard of JSON records. */
  public Guard(Settings settings, LongSupplier wallClockMillis) {
    this(settings, JsonRowDecoder.guarded(settings), wallClockMillis);
  }

  public Guard(Settings settings, RowDecoder decoder, LongSupplier wallClockMillis) {
    this.intake = new Intake(settings.intake(), wallClockMillis);
    this.decoder = decoder;
    this.quality = new QualityGate(settings);
    this.overlay = ContractOverlay.none(settings.intake().contractVersion());
  }

  /** Decides by a newer version of the contract from now on. */
  public void follow(ContractOverlay newer) {
    overlay = newer;
    decoder.follow(newer);
    intake.follow(newer.label());
  }

  /**
   * @param recordTimeMillis the record's own time; negative when it has none
   * @param coordinates asked for when the record is not clean
   */
  public Ingested admit(
      byte[] raw, long recordTimeMillis, Supplier<DeadLetter.Coordinates> coordinates) {
    return admit(decoder.decode(raw), recordTimeMillis, coordinates, () -> raw);
  }

  /**
   * How many fields of the record admitted last no version of the contract knows, at any depth, and
   * no deviation tells of.
   */
  public int unknownFields() {
    return unknownFields;
  }

  /**
   * For records that are no bytes, such as changes of a database.
   *
   * @param coordinates asked for when the record is not clean
   * @param raw the record's bytes, asked for when it is not clean
   */
  public Ingested admit(
      Decoding decoding,
      long recordTimeMillis,
      Supplier<DeadLetter.Coordinates> coordinates,
      Supplier<byte[]> raw) {
    unknownFields = decoding instanceof Decoding.Row row ? row.unknownFields() : 0;
    return intake.accept(quality.check(decoding), recordTimeMillis, coordinates, raw);
  }

  /**
   * Decides again about a record that another guard has decided about by the contract file alone;
   * returns the same object when there is nothing to decide.
   */
  public Ingested reconsider(Ingested ingested) {
    Drift drift = ingested.drift();
    if (drift == null || drift.raw().length == 0 || overlay.isEmpty()) {
      return ingested;
    }
    Ingested again = admit(drift.raw(), drift.recordTimeMillis(), drift::coordinates);
    if (again.isRow() && ingested.isRow()) {
      again.row().setRowKind(ingested.row().getRowKind());
    }
    if (ingested.snapshot()) {
      again = again.ofSnapshot();
    }
    if (!ingested.counted()) {
      again = again.uncounted();
    }
    return ingested.position() == null ? again : again.at(ingested.position());
  }

  /**
   * Carries out what was decided: a refused record becomes a dead letter, and the original bytes of
   * others are let go.
   *
   * @throws DriftException if a policy is to fail the job
   */
  public Ingested settle(Ingested ingested) {
    Drift drift = ingested.drift();
    if (drift == null) {
      return ingested;
    }
    if (drift.outcome() == Deviation.Outcome.FAILED) {
      throw new DriftException(drift);
    }
    Ingested settled =
        ingested.isRow() || ingested.isDeadLetter() || ingested.isDiscarded()
            ? ingested
            : ingested.quarantined(
                intake.deadLetter(
                    drift.problem(), drift.recordTimeMillis(), drift.coordinates(), drift.raw()));
    return settled.withDrift(drift.settled());
  }
}
