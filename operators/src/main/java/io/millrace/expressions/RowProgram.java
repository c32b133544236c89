package io.millrace.expressions;

import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.flink.api.dag.Transformation;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.operators.StreamOperatorFactory;
import org.apache.flink.streaming.api.transformations.LegacySourceTransformation;
import org.apache.flink.streaming.api.transformations.OneInputTransformation;
import org.apache.flink.streaming.api.transformations.SourceTransformation;
import org.apache.flink.table.api.Table;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.operators.CodeGenOperatorFactory;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.VarCharType;
import org.apache.flink.util.OutputTag;

/**
 * A condition and a list of projections over one row, in Flink SQL.
 *
 * <p>Flink's planner compiles the expressions to the same generated code that a {@code SELECT …
 * FROM … WHERE …} would run; this class takes that code out of the plan, so that it runs under a
 * uid of our own, keeps each row's {@link org.apache.flink.types.RowKind} and timestamp, and sends
 * rows on which an expression fails to a side output instead of failing the job.
 *
 * <p>Only expressions over one row are accepted: no aggregates, windows, sub-queries or joins, and
 * nothing whose value changes between two runs ({@code NOW()}, {@code RAND()}, …), because a row
 * that is retracted or replayed must give what it gave the first time. Where an instant becomes a
 * local time (a TIMESTAMP_LTZ that is cast to a text, its hour), it does so in UTC on every
 * machine.
 *
 * <p>Compiling takes some tens of milliseconds once the planner is warm, and about two seconds the
 * first time in a JVM. The programs that were compiled last are kept, so that it does not matter
 * who asks for one first and who needs it again.
 */
public final class RowProgram {
  /** No view and no source has a name that begins like this. */
  private static final String ROWS = "_rows";

  private static final int KEPT = 256;

  /** By what they were compiled from, the one that was asked for last at the end. */
  private static final Map<Text, RowProgram> COMPILED =
      Collections.synchronizedMap(
          new LinkedHashMap<>(KEPT, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<Text, RowProgram> eldest) {
              return size() > KEPT;
            }
          });

  private final RowType inputType;
  private final RowType outputType;
  private final Optional<CodeGenOperatorFactory<RowData>> generated;

  private record Text(RowType input, List<String> projections, Optional<String> where) {}

  private RowProgram(
      RowType inputType, RowType outputType, Optional<CodeGenOperatorFactory<RowData>> generated) {
    this.inputType = inputType;
    this.outputType = outputType;
    this.generated = generated;
  }

  /**
   * Compiles one program.
   *
   * @param input type of the rows the expressions speak of
   * @param projections SQL expressions, at least one; output column i is called {@code c<i>}
   * @param where SQL condition; rows for which it is false or unknown are dropped
   * @throws ExpressionException naming the first expression that is refused
   */
  public static RowProgram compile(RowType input, List<String> projections, Optional<String> where)
      throws ExpressionException {
    if (projections.isEmpty()) {
      throw new IllegalArgumentException("a row program needs at least one projection");
    }
    Text text = new Text(input, List.copyOf(projections), where);
    RowProgram compiled = COMPILED.get(text);
    if (compiled != null) {
      return compiled;
    }
    try {
      compiled = compileTogether(input, projections, where);
      COMPILED.put(text, compiled);
      return compiled;
    } catch (ExpressionException together) {
      // Planner messages do not say which expression they mean, so each is tried alone.
      for (String projection : projections) {
        compileTogether(input, List.of(projection), Optional.empty());
      }
      if (where.isPresent()) {
        compileCondition(input, where.get());
      }
      throw together;
    }
  }

  /**
   * Checks a condition alone.
   *
   * @throws ExpressionException when it is refused or is not a BOOLEAN
   */
  public static void compileCondition(RowType input, String where) throws ExpressionException {
    compileTogether(input, List.of("TRUE"), Optional.of(where));
  }

  /** A field's name as an expression, whatever characters it has. */
  public static String quoted(String field) {
    return "`" + field.replace("`", "``") + "`";
  }

  /** Type of the rows that come out: one field {@code c<i>} per projection. */
  public RowType outputType() {
    return outputType;
  }

  /**
   * Side output of the rows on which an expression failed, for example a division by zero: rows of
   * two fields, the program's input row and the reason (a string).
   */
  public OutputTag<RowData> rejectedRows() {
    return new OutputTag<>(
        "rejected-rows", InternalTypeInfo.ofFields(inputType, VarCharType.STRING_TYPE));
  }

  /**
   * Runs the program over a stream; row kinds, timestamps and the order of rows are kept. The
   * caller sets the uid.
   *
   * @param rows rows of the input type
   */
  public SingleOutputStreamOperator<RowData> applyTo(DataStream<RowData> rows, String name) {
    InternalTypeInfo<RowData> type = InternalTypeInfo.of(outputType);
    SingleOutputStreamOperator<RowData> results =
        generated.isEmpty()
            ? rows.map(row -> row).returns(type).name(name)
            : rows.transform(
                name, type, new RowProgramOperatorFactory(generated.get(), rejectedRows()));
    // Another parallelism would deal rows out in turn, and changes of one row would overtake each
    // other.
    return results.setParallelism(rows.getParallelism());
  }

  /**
   * Type of the rows of {@link #applyBeside}: the program's input row, its output row, and why an
   * expression failed (a string).
   */
  public RowType besideType() {
    return RowType.of(
        false,
        new LogicalType[] {inputType.copy(false), outputType.copy(true), VarCharType.STRING_TYPE},
        new String[] {"input", "output", "failure"});
  }

  /**
   * Runs the program over a stream and keeps each row beside its results, so that no row is lost
   * and their order is kept, also where an expression fails: then there is a failure instead of an
   * output. The program has no condition. The caller sets the uid.
   *
   * @return rows of {@link #besideType}, with the row kind of their input
   */
  public SingleOutputStreamOperator<RowData> applyBeside(DataStream<RowData> rows, String name) {
    CodeGenOperatorFactory<RowData> calc =
        generated.orElseThrow(
            () -> new IllegalStateException("a program that is the row itself has no results"));
    return rows.transform(
            name,
            InternalTypeInfo.of(besideType()),
            RowProgramOperatorFactory.beside(calc, outputType))
        .setParallelism(rows.getParallelism());
  }

  /** The program's code alone, to be called row by row. */
  public RowCode code() {
    return new RowCode(generated.map(CodeGenOperatorFactory::getGeneratedClass).orElse(null));
  }

  private static RowProgram compileTogether(
      RowType input, List<String> projections, Optional<String> where) throws ExpressionException {
    List<String> all = new ArrayList<>(projections);
    where.ifPresent(all::add);
    for (String expression : all) {
      Expressions.refuseNondeterminism(expression);
    }
    // Each expression has lines of its own, so that positions in messages can be mapped back.
    String sql =
        all.subList(0, projections.size()).stream()
                .map(expression -> "(\n" + expression + "\n)")
                .collect(Collectors.joining(", ", "SELECT ", " FROM `" + ROWS + "`"))
            + where.map(condition -> " WHERE (\n" + condition + "\n)").orElse("");
    String blamed = all.size() == 1 ? all.get(0) : where.orElse(projections.get(0));
    // A scratch environment: nothing of it runs, only its generated code is taken.
    StreamExecutionEnvironment scratch = new StreamExecutionEnvironment();
    StreamTableEnvironment tables = StreamTableEnvironment.create(scratch);
    // Where instants become local times, the result must not depend on the machine.
    tables.getConfig().setLocalTimeZone(ZoneOffset.UTC);
    DataStream<RowData> source =
        scratch
            .fromSequence(0, 0)
            .map(ignored -> (RowData) null)
            .returns(InternalTypeInfo.of(input));
    tables.createTemporaryView(ROWS, tables.fromDataStream(source));
    Transformation<?> plan;
    RowType outputType;
    try {
      Table result = tables.sqlQuery(sql);
      outputType =
          Expressions.renamed(
              (RowType) result.getResolvedSchema().toPhysicalRowDataType().getLogicalType());
      plan = tables.toDataStream(result).getTransformation();
    } catch (RuntimeException refused) {
      throw new ExpressionException(blamed, Expressions.readable(refused), refused);
    }
    return new RowProgram(input, outputType, calcOf(plan, blamed));
  }

  /**
   * The single generated operator of a plan that may hold nothing else but conversions; none when
   * the program is the row as it is.
   */
  private static Optional<CodeGenOperatorFactory<RowData>> calcOf(
      Transformation<?> plan, String blamed) throws ExpressionException {
    CodeGenOperatorFactory<RowData> calc = null;
    Transformation<?> at = plan;
    while (!(at instanceof SourceTransformation || at instanceof LegacySourceTransformation)) {
      if (at instanceof OneInputTransformation<?, ?> step) {
        StreamOperatorFactory<?> factory = step.getOperatorFactory();
        if (factory instanceof CodeGenOperatorFactory<?> code) {
          if (calc != null || !step.getName().startsWith("Calc")) {
            throw notOverOneRow(blamed);
          }
          @SuppressWarnings("unchecked") // a Calc yields RowData
          CodeGenOperatorFactory<RowData> typed = (CodeGenOperatorFactory<RowData>) code;
          calc = typed;
        }
      } else if (at.getInputs().size() != 1) {
        throw notOverOneRow(blamed);
      }
      at = at.getInputs().get(0);
    }
    return Optional.ofNullable(calc);
  }

  private static ExpressionException notOverOneRow(String expression) {
    return new ExpressionException(
        expression,
        "needs more than one row; use an expression over the fields of one row,"
            + " without aggregates, windows or sub-queries",
        null);
  }
}
