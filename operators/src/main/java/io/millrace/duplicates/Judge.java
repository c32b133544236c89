package io.millrace.duplicates;

import io.millrace.duplicates.linkage.FieldReason;
import io.millrace.duplicates.linkage.Judgement;
import io.millrace.duplicates.linkage.MatchModel;
import io.millrace.duplicates.linkage.PairComparison;
import io.millrace.duplicates.linkage.VectorJudge;
import io.millrace.records.DuplicatePair;
import io.millrace.records.DuplicatePair.Decision;
import io.millrace.records.DuplicatePair.Reason;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.core.memory.DataInputDeserializer;

/** What is thought of pairs, in words and numbers for others to read. */
final class Judge {
  private static final double SCORE_DIGITS = 1e4;
  private static final double WEIGHT_DIGITS = 1e2;

  private final DuplicatesPlan plan;
  private final VectorJudge vectors;

  Judge(DuplicatesPlan plan) {
    this.plan = plan;
    this.vectors = new VectorJudge(plan.thresholds());
  }

  /**
   * @param model null where no fields are compared
   */
  DuplicatePair judge(CandidateRow a, CandidateRow b, PairState pair, MatchModel model)
      throws IOException {
    Judgement judgement =
        model == null ? vectors.judge(pair.similarity()) : model.judge(comparison(pair));
    return new DuplicatePair(
        plan.schema().embedding(),
        plan.schema().source(),
        a.tenant(),
        a.id(),
        b.id(),
        a.key(),
        b.key(),
        decision(judgement),
        Math.round(judgement.probability() * SCORE_DIGITS) / SCORE_DIGITS,
        model == null ? Double.NaN : rounded(judgement.bits()),
        pair.similarity(),
        pair.foundBy(),
        model == null ? List.of() : reasons(judgement, a, b),
        Math.max(a.eventTimeMillis(), b.eventTimeMillis()),
        false);
  }

  static PairComparison comparison(PairState pair) throws IOException {
    return PairComparison.read(new DataInputDeserializer(pair.comparison()));
  }

  private static Decision decision(Judgement judgement) {
    return switch (judgement.verdict()) {
      case MATCH -> Decision.MATCH;
      case REVIEW -> Decision.REVIEW;
      case NON_MATCH -> Decision.NON_MATCH;
    };
  }

  private static double rounded(double bits) {
    return Math.round(bits * WEIGHT_DIGITS) / WEIGHT_DIGITS;
  }

  private static List<Reason> reasons(Judgement judgement, CandidateRow a, CandidateRow b) {
    List<Reason> reasons = new ArrayList<>();
    for (int field = 0; field < judgement.reasons().size(); field++) {
      FieldReason said = judgement.reasons().get(field);
      // The similarity comes last and is of no field.
      boolean ofField = field < a.shown().size();
      reasons.add(
          new Reason(
              said.field(),
              said.level(),
              rounded(said.bits()),
              ofField ? a.shown().get(field) : "",
              ofField ? b.shown().get(field) : ""));
    }
    return reasons;
  }
}
