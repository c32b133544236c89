package io.millrace.quickstart.cluster;

import io.millrace.quickstart.FlightProducer;
import io.millrace.quickstart.HelpOption;
import io.millrace.quickstart.Home;
import io.millrace.quickstart.PlaneChanges;
import io.millrace.quickstart.ServicePorts;
import io.millrace.testkit.FlightData;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Sends example data. */
@Command(
    name = "scripts/produce",
    synopsisSubcommandLabel = "(flights | planes | plane-changes | airports)",
    header = "Sends example data to Kafka and Postgres.",
    description = {
      "",
      "To the services of scripts/up, or to those named by KAFKA=host:port, PG_HOST, PG_PORT,"
          + " PG_DATABASE, PG_USER, PG_PASSWORD.",
      ""
    })
final class ProduceCommand {

  @Mixin private HelpOption help;

  @Spec private CommandSpec spec;

  private static final int UPDATE_EVERY = 10;
  private static final int DELETE_EVERY = 33;

  @Command(
      name = "flights",
      header = "Sends the flights of 2013 to a topic, in order of departure.")
  int flights(
      @Mixin HelpOption helpOption,
      @Option(
              names = "--rate",
              paramLabel = "N",
              defaultValue = "0",
              description = "Flights per second (default: as fast as Kafka takes them).")
          int rate,
      @Option(
              names = "--limit",
              paramLabel = "N",
              defaultValue = "" + Long.MAX_VALUE,
              description = "At most this many (default: all 336,776).")
          long limit,
      @Option(
              names = "--skip",
              paramLabel = "N",
              defaultValue = "0",
              description = "Leave out the first N.")
          long skip,
      @Option(
              names = "--topic",
              paramLabel = "TOPIC",
              defaultValue = FlightData.TOPIC,
              description = "The topic (default: ${DEFAULT-VALUE}).")
          String topic,
      @Option(
              names = "--broken",
              description = "Then send one record of each broken kind, for the dead letters.")
          boolean broken) {
    Home home = Home.find();
    Map<String, String> environment = ClusterCommand.environment(home);
    String kafka =
        environment.getOrDefault("KAFKA", "127.0.0.1:" + ServicePorts.from(environment).kafka());
    long startNanos = System.nanoTime();
    try (FlightProducer producer =
        new FlightProducer(FlightData.in(home.flightData()), kafka, topic)) {
      Runtime.getRuntime().addShutdownHook(new Thread(producer::stop, "stop producing"));
      producer.send(skip, limit, rate);
      if (broken) {
        producer.sendBroken();
      }
      double seconds = (System.nanoTime() - startNanos) / 1e9;
      spec.commandLine()
          .getOut()
          .printf(
              "%,d records sent to topic %s at %s in %.1f s (%,.0f/s)%n",
              producer.sent(), topic, kafka, seconds, producer.sent() / seconds);
    }
    return 0;
  }

  @Command(
      name = "planes",
      header = "Fills the table public.planes with 3,322 planes; those that are there stay.")
  int planes(@Mixin HelpOption helpOption) throws SQLException {
    Home home = Home.find();
    try (Connection connection = postgres(ClusterCommand.environment(home))) {
      int planes = FlightData.in(home.flightData()).loadPlanes(connection);
      spec.commandLine().getOut().printf("%,d planes added to public.planes%n", planes);
    }
    return 0;
  }

  @Command(
      name = "airports",
      header = "Fills the table public.airports with 1,458 airports; those that are there stay.")
  int airports(@Mixin HelpOption helpOption) throws SQLException {
    Home home = Home.find();
    try (Connection connection = postgres(ClusterCommand.environment(home))) {
      int airports = FlightData.in(home.flightData()).loadAirports(connection);
      spec.commandLine().getOut().printf("%,d airports added to public.airports%n", airports);
    }
    return 0;
  }

  @Command(
      name = "plane-changes",
      header = "Gives every tenth plane two more seats and deletes every 33rd.")
  int planeChanges(@Mixin HelpOption helpOption) throws SQLException {
    try (Connection connection = postgres(ClusterCommand.environment(Home.find()))) {
      PlaneChanges.Result changes = PlaneChanges.apply(connection, UPDATE_EVERY, DELETE_EVERY);
      spec.commandLine()
          .getOut()
          .printf(
              "%,d planes updated, %,d deleted%n",
              changes.updated().size(), changes.deleted().size());
    }
    return 0;
  }

  private static Connection postgres(Map<String, String> environment) throws SQLException {
    int port = ServicePorts.from(environment).postgres();
    return DriverManager.getConnection(
        "jdbc:postgresql://%s:%s/%s"
            .formatted(
                environment.getOrDefault("PG_HOST", "127.0.0.1"),
                environment.getOrDefault("PG_PORT", Integer.toString(port)),
                environment.getOrDefault("PG_DATABASE", "nyc")),
        environment.getOrDefault("PG_USER", "millrace"),
        environment.getOrDefault("PG_PASSWORD", "millrace"));
  }
}
