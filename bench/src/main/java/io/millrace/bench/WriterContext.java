package io.millrace.bench;

import java.util.OptionalLong;
import java.util.concurrent.ScheduledFuture;
import org.apache.flink.api.common.JobInfo;
import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.api.common.operators.ProcessingTimeService;
import org.apache.flink.api.common.serialization.SerializationSchema.InitializationContext;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.metrics.groups.SinkWriterMetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.util.UserCodeClassLoader;

/** What a sink's writer needs to run outside of a job. Its timers never fire. */
final class WriterContext implements WriterInitContext {

  @Override
  public ProcessingTimeService getProcessingTimeService() {
    return new ProcessingTimeService() {
      @Override
      public long getCurrentProcessingTime() {
        return System.currentTimeMillis();
      }

      @Override
      public ScheduledFuture<?> registerTimer(long timeMillis, ProcessingTimeCallback callback) {
        return null;
      }
    };
  }

  @Override
  public SinkWriterMetricGroup metricGroup() {
    return UnregisteredMetricsGroup.createSinkWriterMetricGroup();
  }

  @Override
  public boolean isObjectReuseEnabled() {
    return false;
  }

  @Override
  public OptionalLong getRestoredCheckpointId() {
    return OptionalLong.empty();
  }

  @Override
  public UserCodeClassLoader getUserCodeClassLoader() {
    throw notHere();
  }

  @Override
  public MailboxExecutor getMailboxExecutor() {
    throw notHere();
  }

  @Override
  public InitializationContext asSerializationSchemaInitializationContext() {
    throw notHere();
  }

  @Override
  public <IN> TypeSerializer<IN> createInputSerializer() {
    throw notHere();
  }

  @Override
  public JobInfo getJobInfo() {
    throw notHere();
  }

  @Override
  public TaskInfo getTaskInfo() {
    throw notHere();
  }

  private static UnsupportedOperationException notHere() {
    return new UnsupportedOperationException("there is no job around this writer");
  }
}
