package io.millrace.quickstart;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** What a person may do with a quickstart that stays up: where things listen, what to type. */
final class KeptRunning {

  private KeptRunning() {}

  /** Says it, and waits until the process is ended. */
  static void show(Screen screen, Services services, PipelinesFlink flink, ServicePorts ports)
      throws InterruptedException {
    screen.heading("Still running; Ctrl-C ends it");
    screen.line("");
    StringBuilder variables = new StringBuilder();
    Map<String, String> environment = new LinkedHashMap<>(ports.pipelineEnvironment());
    services.qdrant().ifPresent(it -> environment.put(QdrantPorts.URL, it.url()));
    environment.forEach((name, v) -> variables.append(name).append('=').append(v).append(' '));
    screen.line("    Flink      " + flink.url());
    screen.line("    Kafka      " + services.kafka().bootstrapServers());
    screen.line(
        "    Postgres   PGPASSWORD=%s psql -h 127.0.0.1 -p %d -U %s %s"
            .formatted(
                services.postgres().password(),
                ports.postgres(),
                services.postgres().username(),
                services.postgres().database()));
    screen.line("    Redis      " + services.redis().uri());
    screen.line("");
    screen.line("    In another terminal:");
    screen.line("      export " + variables.toString().strip());
    screen.line("      scripts/millrace features get route_delay JFK,LAX LGA,ORD");
    screen.line("      scripts/millrace plan conf/pipelines/flights.yaml");
    if (services.qdrant().isPresent()) {
      screen.line("      scripts/millrace search conf/pipelines/planes.yaml \"four engines\"");
      screen.line("      scripts/millrace duplicates list conf/pipelines/planes.yaml");
    }
    screen.line("");
    new CountDownLatch(1).await();
  }
}
