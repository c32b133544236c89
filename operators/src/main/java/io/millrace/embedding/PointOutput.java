package io.millrace.embedding;

import io.millrace.records.DeadLetter;
import io.millrace.records.EmbeddedRow;
import io.millrace.records.PointIds;
import java.util.Arrays;
import org.apache.flink.streaming.api.operators.Output;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;

/** What an {@link EmbeddingOperator} emits about a row: its points, their end, a dead letter. */
final class PointOutput {

  private final Output<StreamRecord<EmbeddedRow>> output;
  private final OutputTag<DeadLetter> deadLetters;
  private final String source;
  private final RowForm form;
  private final EmbeddingModel model;

  /**
   * @param source whose rows they are
   */
  PointOutput(
      Output<StreamRecord<EmbeddedRow>> output,
      OutputTag<DeadLetter> deadLetters,
      String source,
      RowForm form,
      EmbeddingModel model) {
    this.output = output;
    this.deadLetters = deadLetters;
    this.source = source;
    this.form = form;
    this.model = model;
  }

  /**
   * The points of a row.
   *
   * @param vectors one after the other, as many as the row has texts
   */
  void show(Change change, float[] vectors) {
    String key = form.key(change.key);
    int dimension = model.dimension();
    for (int i = 0; i < change.texts.size(); i++) {
      emit(
          change,
          new EmbeddedRow(
              EmbeddedRow.Kind.UPSERT,
              PointIds.of(source, key, i),
              key,
              change.tenant,
              i,
              model.id(),
              change.contentHash,
              change.version,
              change.texts.get(i),
              Arrays.copyOfRange(vectors, i * dimension, (i + 1) * dimension),
              change.payload));
    }
  }

  /** The end of the points of a row from one chunk up to, and without, another. */
  void end(Change change, String tenant, int from, int to) {
    String key = form.key(change.key);
    for (int i = from; i < to; i++) {
      emit(change, EmbeddedRow.delete(PointIds.of(source, key, i), key, tenant, i, change.version));
    }
  }

  private void emit(Change change, EmbeddedRow row) {
    output.collect(
        change.hasTime() ? new StreamRecord<>(row, change.timeMillis) : new StreamRecord<>(row));
  }

  /**
   * A dead letter of the row.
   *
   * @param field at fault; empty: none in particular
   */
  void refuse(Change change, String field, String reason) {
    DeadLetter letter = form.deadLetter(change, field, reason);
    output.collect(
        deadLetters,
        change.hasTime()
            ? new StreamRecord<>(letter, change.timeMillis)
            : new StreamRecord<>(letter));
  }
}
