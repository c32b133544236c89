package io.millrace.quickstart;

import io.millrace.document.Environment;
import io.millrace.jobs.PipelineLoader;
import io.millrace.jobs.feast.FeastRepository;
import io.millrace.online.StoredFeatures;
import io.millrace.pipeline.Pipeline;
import io.millrace.quickstart.cluster.ClusterCommand;
import io.millrace.testkit.Deadline;
import io.millrace.testkit.Departure;
import io.millrace.testkit.FlightData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code scripts/interop feast}. */
@Command(
    name = "scripts/interop feast",
    sortOptions = false,
    header = "Has Feast's SDK read the features that Millrace has written, and compares.",
    description = {
      "",
      "Runs conf/pipelines/flights.yaml over real flights into a Redis of its own, defines its views"
          + " for Feast (millrace feast export), and reads every carrier with Feast's SDK and with"
          + " Millrace's own reader.",
      "",
      "Exit code 0 if all values are equal, 1 if not.",
      ""
    })
public final class FeastInterop implements Callable<Integer> {

  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final String VIEW = "carrier_delay";

  @Mixin private HelpOption help;

  @Option(
      names = "--python",
      required = true,
      paramLabel = "FILE",
      description = "A Python that has feast[redis].")
  private Path python;

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "20000",
      description = "How many flights are sent (default: ${DEFAULT-VALUE}).")
  private long limit;

  private final Home home = Home.find();
  private final Screen screen = Screen.standard();
  private final JobCounters counters = JobCounters.ofThisJvm();

  private FeastInterop() {}

  public static void main(String[] args) {
    System.exit(ClusterCommand.prepared(new CommandLine(new FeastInterop())).execute(args));
  }

  @Override
  public Integer call() throws Exception {
    ServicePorts ports = ServicePorts.anyFree();
    Path folder = home.var().resolve("interop/feast");
    Pipeline pipeline =
        PipelineLoader.load(home.flightsPipeline(), new Environment(ports.pipelineEnvironment()));
    FlightData data = FlightData.in(home.flightData());
    try (Services services = Services.start(folder, ports, screen)) {
      services.kafka().createTopic(FlightData.TOPIC, 2);
      try (Connection postgres = services.postgres().connect()) {
        data.loadPlanes(postgres);
      }
      try (PipelinesFlink flink = PipelinesFlink.start(ports.flink(), folder.resolve("data"));
          StoredViews stored = new StoredViews(pipeline);
          FlightProducer producer =
              new FlightProducer(data, services.kafka().bootstrapServers(), FlightData.TOPIC)) {
        flink.run(pipeline);
        long sent = producer.send(0, limit, 0);
        awaitWritten(flink, sent);
        screen.done("features", "%,d flights are features in Redis".formatted(sent));
        List<List<String>> carriers;
        try (Stream<Departure> flights = data.flights().limit(limit)) {
          carriers = flights.map(Departure::carrier).distinct().sorted().map(List::of).toList();
        }
        List<StoredFeatures> expected =
            stored.read(VIEW, carriers).stream().flatMap(Optional::stream).toList();
        FeastRepository.of(pipeline).write(folder.resolve("repository"));
        Path file = folder.resolve("expected.jsonl");
        write(file, expected);
        return compare(folder.resolve("repository"), file);
      }
    }
  }

  private void awaitWritten(PipelinesFlink flink, long sent) {
    BooleanSupplier quiet = counters.quiet();
    Deadline.await(
        PATIENCE,
        () -> "all flights to become features",
        Duration.ofSeconds(1),
        () -> {
          flink.requireRunning();
          return quiet.getAsBoolean() && counters.counted("recordsRead") >= sent;
        });
  }

  private static void write(Path file, List<StoredFeatures> features) throws IOException {
    Instant now = Instant.now();
    Files.write(file, features.stream().map(each -> each.toJson(now)).toList());
  }

  /** What the SDK finds is compared over there, where its types are known. */
  private int compare(Path repository, Path expected) throws IOException, InterruptedException {
    ProcessBuilder program =
        new ProcessBuilder(
                python.toString(),
                home.root().resolve("quickstart/src/main/python/read_with_feast.py").toString(),
                repository.toString(),
                expected.toString())
            .inheritIO();
    // The SDK's dependencies warn of one another.
    program.environment().put("PYTHONWARNINGS", "ignore");
    return program.start().waitFor() == 0 ? 0 : 1;
  }
}
