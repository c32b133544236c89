package io.millrace.sql.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.millrace.embedding.session.SharedSessions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.types.logical.RowType;

/**
 * Any ONNX model over columns, such as a classifier that was exported from scikit-learn.
 *
 * <p>Inputs: each input of the model is the column of its name, a scalar for {@code [rows]} and
 * {@code [rows, 1]}, an array for {@code [rows, n]}. A model of a single input {@code [rows, n]}
 * also takes n columns of any names, in their order. Outputs: each column is the model's output of
 * its name; where both are one, names do not matter. Types are listed at {@link TensorColumn}.
 *
 * <p>A run that fails is repeated row by row, so that only rows at fault are refused. The session
 * is shared by all who use the file in this process. Thread-safe.
 */
final class TabularModel implements RowModel {

  /**
   * @param nanForNull whether a null number is given to the model as not a number
   */
  record Opener(String file, RowType input, RowType output, boolean nanForNull)
      implements RowModel.Opener {
    private static final long serialVersionUID = 1L;

    @Override
    public RowModel open() {
      return TabularModel.open(this);
    }
  }

  private final Opener form;
  private final SharedSessions.Lease session;
  private final TabularSignature signature;

  private TabularModel(Opener form, SharedSessions.Lease session) throws OrtException {
    this.form = form;
    this.session = session;
    signature = TabularSignature.of(form.file(), session.session(), form.input(), form.output());
  }

  private static TabularModel open(Opener form) {
    Path file = Path.of(form.file());
    if (!Files.isRegularFile(file)) {
      throw new IllegalArgumentException(
          "'file' is '%s', %s: the model has to lie at this path on every TaskManager and where statements are planned (the SQL gateway)"
              .formatted(
                  form.file(),
                  Files.isDirectory(file)
                      ? "a folder (of a sentence model? that is named in 'folder')"
                      : "where there is none"));
    }
    SharedSessions.Lease session = null;
    boolean usable = false;
    try {
      session = SharedSessions.acquire(file);
      TabularModel model = new TabularModel(form, session);
      usable = true;
      return model;
    } catch (OrtException e) {
      throw new IllegalArgumentException(
          "'file' is '%s', which ONNX Runtime cannot load: %s"
              .formatted(form.file(), e.getMessage()),
          e);
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "'file' is '%s', which cannot be read: %s".formatted(form.file(), e), e);
    } finally {
      if (session != null && !usable) {
        session.close();
      }
    }
  }

  @Override
  public List<Prediction> predict(List<Object[]> rows) {
    Prediction[] predictions = new Prediction[rows.size()];
    List<Integer> places = new ArrayList<>(rows.size());
    for (int i = 0; i < predictions.length; i++) {
      predictions[i] = withoutTheModel(rows.get(i));
      if (predictions[i] == null) {
        places.add(i);
      }
    }
    int most = signature.oneByOne() ? 1 : Math.max(1, places.size());
    for (int from = 0; from < places.size(); from += most) {
      run(rows, places.subList(from, Math.min(places.size(), from + most)), predictions);
    }
    return List.of(predictions);
  }

  /** The outcome of a row that the model is not asked about, null for all others. */
  private Prediction withoutTheModel(Object[] row) {
    for (TensorColumn input : signature.inputs()) {
      for (int column : input.columns()) {
        if (row[column] == null && !(form.nanForNull() && input.hasNan())) {
          return Prediction.of(new GenericRowData(form.output().getFieldCount()));
        }
        String problem = input.problem(row[column], form.nanForNull());
        if (problem != null) {
          return Prediction.refused(
              "column %s %s".formatted(form.input().getFieldNames().get(column), problem));
        }
      }
    }
    return null;
  }

  private void run(List<Object[]> rows, List<Integer> places, Prediction[] into) {
    List<Object[]> given = places.stream().map(rows::get).toList();
    Map<String, OnnxTensor> tensors = new HashMap<>();
    try {
      for (TensorColumn input : signature.inputs()) {
        tensors.put(input.name(), input.tensor(given));
      }
      List<GenericRowData> answers = session.run(tensors, result -> answers(result, given.size()));
      for (int i = 0; i < answers.size(); i++) {
        into[places.get(i)] = Prediction.of(answers.get(i));
      }
    } catch (OrtException failure) {
      if (places.size() == 1) {
        into[places.get(0)] = Prediction.refused(failure.getMessage());
        return;
      }
      for (Integer place : places) {
        run(rows, List.of(place), into);
      }
    } finally {
      tensors.values().forEach(OnnxTensor::close);
    }
  }

  private List<GenericRowData> answers(OrtSession.Result result, int rows) throws OrtException {
    List<GenericRowData> answers = new ArrayList<>(rows);
    for (int i = 0; i < rows; i++) {
      answers.add(new GenericRowData(form.output().getFieldCount()));
    }
    List<TabularSignature.Output> outputs = signature.outputs();
    for (int column = 0; column < outputs.size(); column++) {
      outputs
          .get(column)
          .read((OnnxTensor) result.get(outputs.get(column).name()).orElseThrow(), column, answers);
    }
    return answers;
  }

  @Override
  public void close() {
    session.close();
  }
}
