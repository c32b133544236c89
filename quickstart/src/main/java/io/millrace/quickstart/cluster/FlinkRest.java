package io.millrace.quickstart.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.testkit.Deadline;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The part of Flink's REST interface that the scripts need. */
public final class FlinkRest {

  private static final Duration REQUEST_PATIENCE = Duration.ofSeconds(10);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String address;
  private final HttpClient client =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

  /**
   * @param address {@code host:port}
   */
  public FlinkRest(String address) {
    this.address = address;
  }

  /** A job as the cluster lists it. */
  public record Job(String id, String name, String state) {

    /** Whether the job can still do something. */
    public boolean isActive() {
      return !List.of("FINISHED", "CANCELED", "FAILED", "SUSPENDED").contains(state);
    }
  }

  /** {@code host:port}. */
  public String address() {
    return address;
  }

  public String url() {
    return "http://" + address;
  }

  /** Task slots offered by the task managers that are registered now. */
  public int slots() {
    return get("/overview").path("slots-total").asInt();
  }

  public int taskManagers() {
    return get("/overview").path("taskmanagers").asInt();
  }

  public List<Job> jobs() {
    List<Job> jobs = new ArrayList<>();
    for (JsonNode job : get("/jobs/overview").path("jobs")) {
      jobs.add(
          new Job(job.path("jid").asText(), job.path("name").asText(), job.path("state").asText()));
    }
    return jobs;
  }

  /** Jobs that have not ended. */
  public List<Job> activeJobs() {
    return jobs().stream().filter(Job::isActive).toList();
  }

  /** Whether the job runs with all of its tasks. */
  public boolean isRunning(String jobId) {
    JsonNode job = get("/jobs/" + jobId);
    if (!job.path("state").asText().equals("RUNNING")) {
      return false;
    }
    JsonNode vertices = job.path("vertices");
    for (JsonNode vertex : vertices) {
      if (!vertex.path("status").asText().equals("RUNNING")) {
        return false;
      }
    }
    return !vertices.isEmpty();
  }

  /** When the job last began to restart after a failure, in milliseconds since 1970; 0: never. */
  public long lastRestartMillis(String jobId) {
    return get("/jobs/" + jobId).path("timestamps").path("RESTARTING").asLong();
  }

  /** Slots in use of the task managers whose id begins like this. */
  public int busySlots(String idPrefix) {
    int busy = 0;
    for (JsonNode taskManager : get("/taskmanagers").path("taskmanagers")) {
      if (taskManager.path("id").asText().startsWith(idPrefix)) {
        busy += taskManager.path("slotsNumber").asInt() - taskManager.path("freeSlots").asInt();
      }
    }
    return busy;
  }

  public long completedCheckpoints(String jobId) {
    return get("/jobs/" + jobId + "/checkpoints").path("counts").path("completed").asLong();
  }

  /** The stack trace of the job's last failure, or an empty string. */
  public String lastFailure(String jobId) {
    JsonNode entries =
        get("/jobs/" + jobId + "/exceptions?maxExceptions=1")
            .path("exceptionHistory")
            .path("entries");
    return entries.isEmpty() ? "" : entries.get(0).path("stacktrace").asText();
  }

  /**
   * Takes a savepoint and waits until it is complete.
   *
   * @param dir where it goes; empty: where the cluster is configured to put it
   * @param stop whether the job ends with it, exactly at the savepoint
   * @return the path to resume from
   */
  public String savepoint(String jobId, String dir, boolean stop, Duration patience) {
    Map<String, Object> body =
        stop
            ? (dir.isEmpty()
                ? Map.of("drain", false)
                : Map.of("drain", false, "targetDirectory", dir))
            : (dir.isEmpty()
                ? Map.of("cancel-job", false)
                : Map.of("cancel-job", false, "target-directory", dir));
    String trigger =
        post("/jobs/" + jobId + (stop ? "/stop" : "/savepoints"), body).path("request-id").asText();
    JsonNode[] operation = new JsonNode[1];
    Deadline.await(
        patience,
        "the savepoint of job " + jobId,
        () -> {
          JsonNode answer = get("/jobs/" + jobId + "/savepoints/" + trigger);
          operation[0] = answer.path("operation");
          return answer.path("status").path("id").asText().equals("COMPLETED");
        });
    if (operation[0].has("failure-cause")) {
      throw new IllegalStateException(
          "the savepoint of job "
              + jobId
              + " failed: "
              + operation[0].path("failure-cause").path("stack-trace").asText());
    }
    return operation[0].path("location").asText();
  }

  /** Ends a job without a savepoint and waits until it has ended. */
  public void cancel(String jobId) {
    send(request("/jobs/" + jobId).method("PATCH", HttpRequest.BodyPublishers.noBody()).build());
    Deadline.await(
        Duration.ofSeconds(60),
        "job " + jobId + " to end",
        () -> activeJobs().stream().noneMatch(job -> job.id().equals(jobId)));
  }

  private JsonNode get(String path) {
    return send(request(path).GET().build());
  }

  private JsonNode post(String path, Map<String, Object> body) {
    try {
      return send(
          request(path)
              .header("Content-Type", "application/json")
              .POST(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body)))
              .build());
    } catch (IOException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(url() + path)).timeout(REQUEST_PATIENCE);
  }

  private JsonNode send(HttpRequest request) {
    try {
      HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
      if (response.statusCode() >= 300) {
        throw new IllegalStateException(
            request.method()
                + " "
                + request.uri()
                + ": "
                + response.statusCode()
                + " "
                + response.body());
      }
      return response.body().isEmpty() ? JSON.missingNode() : JSON.readTree(response.body());
    } catch (IOException failure) {
      throw new IllegalStateException(
          "no Flink cluster answers at "
              + url()
              + " ("
              + failure
              + "): start one with scripts/up,"
              + " or name yours in FLINK_REST=host:port",
          failure);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while asking " + request.uri(), interrupted);
    }
  }
}
