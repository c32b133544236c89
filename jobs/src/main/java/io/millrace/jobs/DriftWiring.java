package io.millrace.jobs;

import io.millrace.drift.DriftInputs;
import io.millrace.drift.DriftPlan;
import io.millrace.drift.DriftTopology;
import io.millrace.jobs.sinks.DriftTopics;
import io.millrace.jobs.sinks.DriftTopics.Message;
import io.millrace.jobs.sources.MessageTopic;
import io.millrace.pipeline.DriftMonitorSpec;
import io.millrace.pipeline.Pipeline;
import io.millrace.pipeline.Topics;
import io.millrace.records.DriftControl;
import io.millrace.records.DriftJson;
import io.millrace.records.Feedback;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.data.RowData;

/** Wires the drift monitors of a pipeline to their rows, to the people, and to the topics. */
final class DriftWiring {
  private final StreamExecutionEnvironment env;
  private final Pipeline pipeline;
  private final List<DataStream<Message>> toDrift = new ArrayList<>();
  private final List<DataStream<Message>> toAlerts = new ArrayList<>();

  private DriftWiring(StreamExecutionEnvironment env, Pipeline pipeline) {
    this.env = env;
    this.pipeline = pipeline;
  }

  /**
   * Adds all monitors of a pipeline.
   *
   * @param rows the rows that a monitor watches, of the type that {@link DriftInputs} says
   */
  static void add(
      StreamExecutionEnvironment env,
      Pipeline pipeline,
      Function<DriftMonitorSpec, DataStream<RowData>> rows) {
    if (pipeline.driftMonitors().isEmpty()) {
      return;
    }
    DriftWiring wiring = new DriftWiring(env, pipeline);
    DataStream<DriftControl> controls = wiring.controls();
    DataStream<Feedback> feedback = wiring.feedback();
    for (DriftMonitorSpec monitor : pipeline.driftMonitors()) {
      wiring.add(monitor, rows.apply(monitor), controls, feedback);
    }
    Topics topics = pipeline.topics();
    wiring.write(wiring.toDrift, topics.drift(), Uids.driftTopic());
    wiring.write(wiring.toAlerts, topics.alerts(), Uids.alertsTopic());
  }

  private void add(
      DriftMonitorSpec monitor,
      DataStream<RowData> rows,
      DataStream<DriftControl> controls,
      DataStream<Feedback> feedback) {
    DriftPlan plan = DriftReferences.read(DriftInputs.plan(pipeline, monitor), monitor);
    String prefix = Uids.drift(monitor.name());
    DriftTopology.Outputs outputs =
        DriftTopology.watch(
            rows, controls, feedback, plan, new DriftTopology.Naming(prefix, monitor.name()));
    toDrift.add(message(outputs.results().map(Message::of, Message.TYPE), prefix, "results"));
    toDrift.add(message(outputs.summaries().map(Message::of, Message.TYPE), prefix, "summaries"));
    toAlerts.add(message(outputs.alerts().map(Message::of, Message.TYPE), prefix, "alerts"));
    toAlerts.add(message(outputs.advice().map(Message::of, Message.TYPE), prefix, "advice"));
  }

  private static DataStream<Message> message(
      SingleOutputStreamOperator<Message> messages, String prefix, String what) {
    return messages.uid(prefix + "-" + what).name(what).setParallelism(1);
  }

  private void write(List<DataStream<Message>> streams, String topic, String uid) {
    @SuppressWarnings({"unchecked", "rawtypes"}) // Java has no arrays of generic types
    DataStream<Message>[] others = streams.subList(1, streams.size()).toArray(new DataStream[0]);
    streams
        .get(0)
        .union(others)
        .sinkTo(DriftTopics.sink(pipeline.topics(), topic))
        // One writer keeps what is said about one alarm in order.
        .setParallelism(1)
        .name("drift: " + topic)
        .uid(uid);
  }

  /** Orders of the past have been obeyed, or were meant for a job that is no more. */
  private DataStream<DriftControl> controls() {
    return MessageTopic.open(
            env,
            pipeline.topics(),
            pipeline.topics().control(),
            "millrace-" + pipeline.name() + "-drift-control",
            MessageTopic.Start.LATEST,
            TypeInformation.of(DriftControl.class),
            value -> DriftJson.control(value).stream().toList())
        .uid(Uids.driftControl());
  }

  private DataStream<Feedback> feedback() {
    return MessageTopic.open(
            env,
            pipeline.topics(),
            pipeline.topics().feedback(),
            "millrace-" + pipeline.name() + "-feedback",
            MessageTopic.Start.EARLIEST,
            TypeInformation.of(Feedback.class),
            value -> List.of(DriftJson.feedback(value)))
        .uid(Uids.driftFeedback());
  }
}
