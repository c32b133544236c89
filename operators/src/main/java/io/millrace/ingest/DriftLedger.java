package io.millrace.ingest;

import io.millrace.ingest.Deviation.Outcome;
import io.millrace.pipeline.SchemaDrift;
import io.millrace.pipeline.SchemaDrift.Kind;
import io.millrace.pipeline.SchemaDrift.Policy;
import io.millrace.records.DeadLetterReason;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Keeps the account of how one record differs from its contract and what the policies say about it.
 * The most severe outcome is the record's; the first deviation with it names the problem. NOT
 * thread safe.
 */
public final class DriftLedger {

  private final SchemaDrift policies;
  private final Set<String> pii;
  private final List<Deviation> deviations = new ArrayList<>();
  private Outcome outcome = Outcome.CARRIED;
  private Decoding.Problem problem;
  private boolean clean = true;

  /**
   * @param pii top-level fields whose values are not to be shown
   */
  public DriftLedger(SchemaDrift policies, Set<String> pii) {
    this.policies = policies;
    this.pii = Set.copyOf(pii);
  }

  /** Begins with the next record. */
  public void clear() {
    if (!clean) {
      deviations.clear();
      outcome = Outcome.CARRIED;
      problem = null;
      clean = true;
    }
  }

  /** Whether nothing was recorded. */
  public boolean isClean() {
    return clean;
  }

  /** Of the record. */
  public Outcome outcome() {
    return outcome;
  }

  /** Null unless the record is quarantined or fails the job. */
  public Decoding.Problem problem() {
    return problem;
  }

  /** At most {@link Drift#MAX_DEVIATIONS}. */
  public List<Deviation> deviations() {
    return List.copyOf(deviations);
  }

  /** A deviation that a policy is asked about. */
  public record Finding(
      Kind kind, String field, String found, String expected, String sample, Problem problem) {

    /**
     * How the dead letter puts it if there is one.
     *
     * @param path with the indexes of arrays
     */
    public record Problem(DeadLetterReason reason, String path, String message) {}
  }

  /**
   * Records a deviation.
   *
   * @param decided what the policies make of it
   * @return what really happens: in a dry run records end as if nothing could be adapted
   */
  public Outcome record(Finding finding, Outcome decided) {
    Outcome real = policies.dryRun() ? dryRunOutcome(finding.kind()) : decided;
    boolean hidden = isPii(finding.field());
    if (deviations.size() < Drift.MAX_DEVIATIONS) {
      deviations.add(
          new Deviation(
              finding.kind(),
              finding.field(),
              finding.found(),
              finding.expected(),
              hidden ? "" : finding.sample(),
              decided));
    }
    if (clean || real.compareTo(outcome) > 0) {
      outcome = real;
      if (real.compareTo(Outcome.QUARANTINED) >= 0) {
        problem =
            new Decoding.Problem(
                finding.problem().reason(),
                finding.problem().path(),
                hidden ? withoutValue(finding) : finding.problem().message());
      }
    }
    clean = false;
    return real;
  }

  private static Outcome dryRunOutcome(Kind kind) {
    return switch (kind) {
      case NEW_FIELD, RENAME, QUALITY -> Outcome.IGNORED;
      case TYPE_CHANGE, MISSING_FIELD, NULL_IN_REQUIRED -> Outcome.QUARANTINED;
    };
  }

  /** Whether the field, or the top-level field around it, is not to be shown. */
  public boolean isPii(String path) {
    if (pii.isEmpty()) {
      return false;
    }
    int end = 0;
    while (end < path.length() && path.charAt(end) != '.' && path.charAt(end) != '[') {
      end++;
    }
    return pii.contains(path) || pii.contains(path.substring(0, end));
  }

  private static String withoutValue(Finding finding) {
    return finding.found()
        + " where "
        + finding.expected()
        + " is expected (the value is not shown: the field is classified pii)";
  }

  /**
   * The outcome of a policy that adapts nothing.
   *
   * @param nullable whether the row has room for a null
   */
  public static Outcome strict(Policy policy, boolean nullable) {
    return switch (policy) {
      case IGNORE -> Outcome.IGNORED;
      case DISCARD_VALUE -> nullable ? Outcome.DISCARDED_VALUE : Outcome.QUARANTINED;
      case DISCARD_ROW -> Outcome.DISCARDED_ROW;
      case FAIL -> Outcome.FAILED;
      case QUARANTINE, EVOLVE, SUGGEST -> Outcome.QUARANTINED;
    };
  }
}
