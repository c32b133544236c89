package io.millrace.expressions;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.api.common.ExecutionConfig;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobInfoImpl;
import org.apache.flink.api.common.TaskInfoImpl;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.execution.Environment;
import org.apache.flink.runtime.jobgraph.OperatorID;
import org.apache.flink.runtime.metrics.groups.UnregisteredMetricGroups;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.Output;
import org.apache.flink.streaming.api.operators.StreamingRuntimeContext;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.tasks.ProcessingTimeService;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.generated.CompileUtils;
import org.apache.flink.table.runtime.generated.GeneratedClass;
import org.apache.flink.util.InstantiationUtil;
import org.apache.flink.util.SimpleUserCodeClassLoader;

/**
 * A generated Calc without a task around it.
 *
 * <p>The planner's generated operators are classes of their own whose constructor introduces them
 * to a task: {@code setup(task, config, output)}. A subclass, compiled beside them, takes that
 * introduction and keeps the output only. So the expressions run in the same class, from the same
 * text, as inside a job.
 */
final class DetachedCalc {
  private static final String SUBCLASS =
      """
      public final class %1$s extends %2$s {
        private final org.apache.flink.streaming.api.operators.StreamingRuntimeContext context;

        public %1$s(
            Object[] references,
            org.apache.flink.streaming.api.operators.Output output,
            org.apache.flink.streaming.runtime.tasks.ProcessingTimeService time,
            org.apache.flink.streaming.api.operators.StreamingRuntimeContext context)
            throws Exception {
          super(references, null, null, output, time);
          this.context = context;
        }

        protected void setup(
            org.apache.flink.streaming.runtime.tasks.StreamTask task,
            org.apache.flink.streaming.api.graph.StreamConfig config,
            org.apache.flink.streaming.api.operators.Output output) {
          this.output = output;
        }

        public boolean useInterruptibleTimers() {
          return false;
        }

        public org.apache.flink.streaming.api.operators.StreamingRuntimeContext
            getRuntimeContext() {
          return context;
        }
      }
      """;

  private DetachedCalc() {}

  /**
   * An instance of a Calc, open, with objects of its own.
   *
   * @param output takes the rows
   * @throws IllegalStateException if the generated class is of another form than this release's
   *     Flink makes
   */
  static OneInputStreamOperator<RowData, RowData> open(
      GeneratedClass<?> generated, ClassLoader classLoader, Output<StreamRecord<RowData>> output) {
    Class<?> calc = generated.compile(classLoader);
    String name = generated.getClassName() + "$Detached";
    Class<?> detached =
        CompileUtils.compile(
            calc.getClassLoader(), name, SUBCLASS.formatted(name, generated.getClassName()));
    try {
      // What the code refers to may have state, such as a row that is used again.
      Object[] references = InstantiationUtil.clone(generated.getReferences(), classLoader);
      @SuppressWarnings("unchecked") // a Calc takes and gives RowData
      OneInputStreamOperator<RowData, RowData> operator =
          (OneInputStreamOperator<RowData, RowData>)
              detached
                  .getConstructor(
                      Object[].class,
                      Output.class,
                      ProcessingTimeService.class,
                      StreamingRuntimeContext.class)
                  .newInstance(
                      references,
                      output,
                      only(ProcessingTimeService.class, Map.of()),
                      context(classLoader));
      operator.open();
      return operator;
    } catch (IOException | ReflectiveOperationException e) {
      throw new IllegalStateException("generated code cannot be run outside of a job", e);
    } catch (Exception e) {
      throw new IllegalStateException("a function of the expression cannot be opened", e);
    }
  }

  /** What functions ask for when they are opened: a class loader, and metrics that go nowhere. */
  private static StreamingRuntimeContext context(ClassLoader classLoader) {
    Map<String, Object> known =
        Map.of(
            "getJobInfo", new JobInfoImpl(new JobID(0, 0), "none"),
            "getTaskInfo", new TaskInfoImpl("none", 1, 0, 1, 0),
            "getUserCodeClassLoader", SimpleUserCodeClassLoader.create(classLoader),
            "getExecutionConfig", new ExecutionConfig(),
            "getDistributedCacheEntries", Map.of(),
            "getTaskConfiguration", new Configuration());
    return new StreamingRuntimeContext(
        only(Environment.class, known),
        new HashMap<>(),
        UnregisteredMetricGroups.createUnregisteredOperatorMetricGroup(),
        new OperatorID(0, 0),
        only(ProcessingTimeService.class, Map.of()),
        null,
        null);
  }

  /** An instance that knows the answers to these methods, and refuses all others. */
  private static <T> T only(Class<T> type, Map<String, Object> answers) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              Object answer = answers.get(method.getName());
              if (answer == null) {
                throw new UnsupportedOperationException(
                    method.getName() + ": there is no task around this expression");
              }
              return answer;
            }));
  }
}
