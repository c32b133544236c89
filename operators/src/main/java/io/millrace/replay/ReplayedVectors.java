package io.millrace.replay;

import io.millrace.online.VectorLetters;
import io.millrace.records.DeadLetter;
import io.millrace.records.DeadLetter.Raw.Content;
import io.millrace.records.FeatureVector;
import io.millrace.records.Replay;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;

/**
 * Vectors of one view that the online store refused, with their versions: what is newer in the
 * store by now stays. No state.
 */
public final class ReplayedVectors extends AbstractStreamOperator<FeatureVector>
    implements OneInputStreamOperator<Replay, FeatureVector> {

  /** Vectors of features that the view no longer has. */
  public static final OutputTag<DeadLetter> DEAD_LETTERS =
      new OutputTag<>("unreadable-vectors", TypeInformation.of(DeadLetter.class));

  private static final long serialVersionUID = 1L;

  private final VectorLetters letters;
  private transient VectorLetters.Reader reader;

  public ReplayedVectors(VectorLetters letters) {
    this.letters = letters;
  }

  @Override
  public void open() throws Exception {
    super.open();
    reader = letters.reader();
  }

  @Override
  public void processElement(StreamRecord<Replay> element) {
    DeadLetter letter = element.getValue().letter();
    if (!letter.view().equals(letters.schema().view())
        || letter.raw().content() != Content.VECTOR) {
      return;
    }
    FeatureVector vector;
    try {
      vector = reader.vector(letter.raw().bytes());
    } catch (IllegalArgumentException other) {
      output.collect(
          DEAD_LETTERS,
          new StreamRecord<>(letter.withMessage(other.getMessage()), letter.timeMillis()));
      return;
    }
    output.collect(new StreamRecord<>(vector, vector.eventTimeMillis()));
  }
}
