package io.millrace.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.document.Environment;
import io.millrace.document.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PipelineProblemsTest {

  private static final Path RESOURCES = Path.of("src/test/resources/io/millrace/pipeline");

  /**
   * @param yaml lines after the sources of {@link PipelineFixture}
   * @param line of the problem within {@code yaml}, from 1
   * @param message the problem without its place
   */
  record Mistake(String yaml, int line, String message) {

    @Override
    public String toString() {
      return message;
    }
  }

  @Test
  void shouldNameEveryOneOfTenPlantedMistakes() throws IOException {
    Path file = RESOURCES.resolve("ten-mistakes.yaml");

    assertThat(
            PipelineFile.read(file, new Environment(Map.of())).problems().stream()
                .map(Problem::toString))
        .containsExactlyElementsOf(Files.readAllLines(RESOURCES.resolve("ten-mistakes.problems")));
  }

  static Stream<Mistake> mistakesOfAggregations() {
    return Stream.of(
        mistake(
            "{sum: distance_miles, windows: [90s]}",
            "found the window 90s with hop 1m, expected a multiple of the hop; use 1m or 2m, or a hop of 30s"),
        mistake(
            "{sum: distance_miles, windows: [30s]}",
            "found the window 30s with hop 1m, expected a multiple of the hop; use 1m, or a hop of 30s"),
        mistake(
            "{sum: distance_miles, windows: [100d]}",
            "found the window 100d with hop 1m, that is 144000 tiles, expected at most 100000 tiles; use a hop of 5m or more"),
        mistake(
            "{sum: distance_miles, windows: [60m, 1h]}",
            "found the window 1h after 60m, of the same length, expected every window once; remove one of the two"),
        mistake(
            "{sum: distance_miles, windows: [0m]}",
            "found no time at all, expected at least one hop; for example 1h"),
        mistake(
            "{sum: distance_miles, windows: [1w]}",
            "found the text \"1w\", expected a length of time such as 100ms, 30s, 5m, 1h, 7d; for example 1m"),
        mistake(
            "{sum: distance_miles, windows: 1h}",
            "found the text \"1h\", expected a list of windows such as [1h, 24h]; for example [1h, 24h]"),
        mistake(
            "{sum: distance_mile, windows: [1h]}",
            "found the field \"distance_mile\", which contract flights lacks, expected one of flight_id, "),
        mistake(
            "{sum: '*', windows: [1h]}",
            "found sum of *, expected a field or an SQL expression; only count takes \"*\""),
        mistake(
            "{average: distance_miles, windows: [1h]}",
            "found the unknown key \"average\", expected one of count, sum,"),
        mistake("{windows: [1h]}", "found none of them, expected exactly one of"),
        mistake(
            "{sum: distance_miles, avg: distance_miles, windows: [1h]}",
            "found sum and avg, expected exactly one of"),
        mistake(
            "{sum: 1, windows: [1h]}",
            "found the number \"1\", expected a Flink SQL expression over the source's fields, as a text"),
        mistake(
            "{quantile: distance_miles, windows: [1h]}",
            "found quantile without q, expected q: a rank between 0 and 1; add it, for example q: 0.95"),
        mistake(
            "{quantile: distance_miles, q: 95, windows: [1h]}",
            "found the number \"95\", expected a rank between 0 and 1; for example 0.95"),
        mistake(
            "{avg: distance_miles, q: 0.5, windows: [1h]}",
            "found q beside avg, expected q beside quantile; remove it"),
        mistake(
            "{last_k: dest, windows: [1h]}",
            "found last_k without k, expected k: a whole number from 1 to 500; add it, for example k: 5"),
        mistake(
            "{top_k: dest, k: 0, windows: [1h]}",
            "found the number \"0\", expected a whole number from 1 to 500; for example 5"),
        mistake(
            "{histogram: distance_miles, windows: [1h]}",
            "found histogram without edges, expected edges: a list of ascending numbers; add it, for example edges: [0, 15, 60]"),
        mistake(
            "{histogram: distance_miles, edges: [1, 5, 5], windows: [1h]}",
            "found the edge 5 after 5.0, expected edges that ascend; sort them and remove repeated ones"),
        mistake(
            "{ratio: [a, b], windows: [1h]}",
            "found the unknown aggregation \"b\", expected an aggregation of the same view: a, other; name one of these"),
        mistake(
            "{ratio: [a], windows: [1h]}",
            "found a list, expected two names of sibling aggregations: [dividend, divisor]; for example [delayed, departures]"),
        mistake(
            "{ratio: [a, other], windows: [2h]}",
            "found windows [2h], expected windows that \"a\" has: [1h]; write windows: [1h]"),
        mistake(
            "{ratio: [a, other], where: cancelled, windows: [1h]}",
            "found where beside ratio, expected where beside the aggregations it divides; remove it"),
        mistake(
            "wrong",
            "found the text \"wrong\", expected an aggregation such as {avg: delay, windows: [1h]}; correct it"),
        mistake(
            "{where: , sum: distance_miles, windows: [1h]}",
            "found nothing, expected a Flink SQL expression over the source's fields, as a text; for example"));
  }

  private static Mistake mistake(String aggregation, String message) {
    return new Mistake("n: " + aggregation, 7, message);
  }

  @ParameterizedTest
  @MethodSource("mistakesOfAggregations")
  void shouldNameMistakesOfAnAggregation(Mistake mistake) {
    PipelineFile file =
        PipelineFixture.withAggregations(
            mistake.yaml()
                + "\na: {count: '*', windows: [1h]}\nother: {count: '*', windows: [1h]}\n");

    assertNamed(file, mistake);
  }

  static Stream<Mistake> mistakesOfViews() {
    String complete = "  source: flights\n  latest: [dest]\n";
    return Stream.of(
        new Mistake(
            "v:\n  source: flights\n  latest: [dest]\n",
            1,
            "found no \"entity\", expected entity: a list of fields such as [carrier]; add it, for example entity: [carrier]"),
        new Mistake(
            "v:\n  entity: [carrier]\n  latest: [dest]\n",
            1,
            "found no \"source\", expected source: the name of a source; add it, for example source: flights"),
        new Mistake(
            "v:\n  entity: carrier\n" + complete,
            2,
            "found the text \"carrier\", expected a list of fields such as [carrier]; for example [carrier]"),
        new Mistake(
            "v:\n  entity: []\n" + complete,
            2,
            "found an empty list, expected a list of fields such as [carrier]; for example [carrier]"),
        new Mistake(
            "v:\n  entity: [carrier, carrier]\n" + complete,
            2,
            "found a value twice, expected every value once; remove one of the two"),
        new Mistake(
            "v:\n  entity: [dest]\n" + complete,
            4,
            "found the entity field \"dest\" among the features, expected fields that are not the entity; leave it out"),
        new Mistake(
            "v:\n  entity: [carrier]\n  source: flights\n",
            1,
            "found none of them, expected exactly one of aggregations, latest; add one of them"),
        new Mistake(
            "v:\n  entity: [carrier]\n  source: flights\n  aggregations: {a: {count: '*'}}\n  latest: [dest]\n",
            1,
            "found aggregations and latest, expected exactly one of aggregations, latest; keep one of them"),
        new Mistake(
            "v:\n  entity: [carrier]\n  hop: 1m\n" + complete,
            3,
            "found hop beside latest, expected hop beside aggregations; remove it"),
        new Mistake(
            "v:\n  entity: [carrier]\n  bootstrap: offline\n" + complete,
            3,
            "found bootstrap: offline beside latest, expected bootstrap: offline beside aggregations; remove it: such a view needs no past to compute with, and scripts/millrace materialize fills its store"),
        new Mistake(
            "v:\n  entity: [manufacturer]\n  source: planes\n  bootstrap: offline\n  aggregations: {a: {count: '*'}}\n",
            4,
            "found bootstrap: offline over a table of Postgres, expected bootstrap: offline over a topic; remove it: a table is read from its snapshot on, so that a view is complete when its job starts without a savepoint"),
        new Mistake(
            "v:\n  entity: [carrier]\n  source: flights\n  hop: 1m\n  aggregations: {a: {count: '*'}}\n",
            4,
            "found a hop, but no aggregation with windows, expected hop beside windows; remove it, or add windows"),
        new Mistake(
            "v:\n  entity: [carrier]\n  source: flights\n  aggregations: {a: {count: '*', windows: [1h, 24h]}}\n",
            1,
            "found windows without hop, expected hop: the step in which window edges move; add hop: 1m"),
        new Mistake(
            "v:\n  entity: [carrier]\n  topic: yes\n" + complete,
            3,
            "found the text \"yes\", expected true or false; for example true"),
        new Mistake(
            "v:\n  entity: [carrier]\n  online: {layout: fest}\n" + complete,
            3,
            "found the text \"fest\", expected one of hash, feast; did you mean \"feast\"?"),
        new Mistake(
            "v:\n  entity: [carrier]\n  online: {ttl: 0d}\n" + complete,
            3,
            "found no time at all, expected at least 1ms"),
        new Mistake(
            "v:\n  entity: [cancelled]\n  online: {layout: feast}\n" + complete,
            2,
            "found the entity field \"cancelled\" of type BOOLEAN, expected a text, an integer, bytes, a date or a timestamp, as Feast's entities are"),
        new Mistake(
            "v:\n  entity: [tailnum]\n  online: {layout: feast}\n" + complete,
            2,
            "found the entity field \"tailnum\", which may be null, expected an entity that is never"
                + " null, as Feast's keys need it; add where: \"tailnum IS NOT NULL\", or use layout:"
                + " hash"),
        new Mistake(
            "1v:\n  entity: [carrier]\n" + complete,
            1,
            "found the name \"1v\", expected a letter, then letters, digits or '_', at most 64 characters; rename it"),
        new Mistake(
            "v:\n  entity: [manufacturer]\n  source: planes\n  hop: 1m\n  aggregations: {a: {sum: seats, windows: [1h]}}\n",
            5,
            "found windows over source planes, a table whose rows have no time of their own, expected an event_time field in the source, which puts a row and its deletion into the same window; set sources.planes.event_time.field, or leave out windows to aggregate over all rows"),
        new Mistake(
            "v:\n  entity: [manufacturer]\n  source: planes\n  latest: [model]\n",
            2,
            "found the entity [manufacturer], expected the primary key [tailnum]; write entity: [tailnum]"),
        new Mistake(
            "v:\n  entity: [tailnum]\n  source: planes\n  aggregations: {m: {last_k: seats, k: 2}}\n",
            4,
            "found last_k over source planes, a table whose rows are updated and deleted, expected one of count, sum"),
        new Mistake(
            "v:\n  entity: [carrier]\n  source: flights\n  hop: 1m\n  aggregations:\n    a: {count: '*', windows: [1h]}\n    a_1h: {count: '*'}\n",
            7,
            "found the feature name a_1h, already given by a, expected one aggregation per feature name; rename one of the two"),
        new Mistake(
            "v:\n  entity: [carrier]\n  source: flights\n  aggregations:\n    carrier: {count: '*'}\n",
            5,
            "found the feature name carrier, which is also an entity field, expected another name; rename the aggregation"),
        new Mistake(
            "v:\n  entity: [carrier]\n  source: flights\n  drift: {}\n  latest: [dest]\n",
            4,
            "found the unknown key \"drift\""));
  }

  @ParameterizedTest
  @MethodSource("mistakesOfViews")
  void shouldNameMistakesOfAView(Mistake mistake) {
    assertNamed(
        PipelineFixture.withFeatures(mistake.yaml()),
        new Mistake("", mistake.line() + 1, mistake.message()));
  }

  static Stream<Mistake> mistakesOfSections() {
    return Stream.of(
        new Mistake(
            "serving: {}\n",
            1,
            "serving: found the unknown key \"serving\", expected one of pipeline, sources, features, on_demand, drift, models, embeddings, online_store, topics, offline; remove it"),
        new Mistake(
            "topics:\n  delivery: exactly-once\n",
            2,
            "topics.delivery: found the text \"exactly-once\", expected one of exactly_once, at_least_once; did you mean \"exactly_once\"?"),
        new Mistake(
            "online_store:\n  redis: localhost:6379\n",
            2,
            "online_store.redis: found an address that cannot be read (not shown), expected"),
        new Mistake(
            "online_store:\n  redis: redis://me:hunter2@localhost\n",
            2,
            "online_store.redis: found an address with a password written out (not shown), expected ${REDIS}, without a default that holds it;"),
        new Mistake(
            "topics:\n  properties: {security.protocol: SASL_SLL}\n",
            2,
            "topics.properties.\"security.protocol\": found the text ***, expected one of PLAINTEXT, SSL, SASL_PLAINTEXT, SASL_SSL; did you mean \"SASL_SSL\"?"),
        new Mistake(
            "online_store:\n  redis: redis://hunter2@localhost\n",
            2,
            "online_store.redis: found an address with a password written out (not shown)"),
        new Mistake(
            "online_store:\n  redis: '${R:-redis://:hunter2@localhost}'\n",
            2,
            "found an address with a password written out (not shown)"),
        new Mistake(
            "online_store:\n  cluster: maybe\n",
            2,
            "online_store.cluster: found the text \"maybe\", expected true or false"),
        new Mistake(
            "online_store:\n  cluster: '${BAD}'\n",
            2,
            "online_store.cluster: found the text \"hunter\" from the environment, expected true or false"),
        new Mistake(
            "online_store:\n  patience: '${BAD}'\n",
            2,
            "online_store.patience: found the text \"hunter\" from the environment, expected a length of time"),
        new Mistake(
            "online_store:\n  patience: '${UNSET}'\n",
            2,
            "online_store.patience: found ${UNSET}, which is not set, expected the environment variable UNSET; export UNSET=..., or give it a default: ${UNSET:-...}"),
        new Mistake(
            "online_store:\n  patience: '${UNSET-1}'\n",
            2,
            "online_store.patience: found \"${UNSET-1}\", expected ${NAME} or ${NAME:-default}; close the brace, or write $${ for the characters themselves"),
        new Mistake(
            "topics:\n  properties: {sasl.jaas.config: 'x required password=\"hunter2\";'}\n",
            2,
            "topics.properties.\"sasl.jaas.config\": found a secret written out (not shown)"),
        new Mistake(
            "topics:\n  properties: {ssl.key.password: hunter2}\n",
            2,
            "topics.properties.\"ssl.key.password\": found a secret written out (not shown)"),
        new Mistake(
            "topics:\n  properties: {ssl.key.password: [hunter2]}\n",
            2,
            "topics.properties.\"ssl.key.password\": found a list, expected ${NAME}, a variable of the environment"),
        new Mistake(
            "topics:\n  prefix: 'with space'\n",
            2,
            "topics.prefix: found the text \"with space\", expected the beginning of a topic's name"),
        new Mistake(
            "topics:\n  prefix: a\n  prefix: b\n",
            3,
            "topics.prefix: found the key \"prefix\" a second time, first in line 11"),
        new Mistake("features: [\n", 2, "found no valid YAML: "));
  }

  @ParameterizedTest
  @MethodSource("mistakesOfSections")
  void shouldNameMistakesOfASection(Mistake mistake) {
    PipelineFile file = PipelineFixture.with(mistake.yaml(), Map.of("BAD", "hunter"));

    assertNamed(file, mistake);
    assertThat(file.problems().toString()).doesNotContain("hunter2");
  }

  static Stream<Mistake> mistakesOfSources() {
    String contract = "    contract: schemas/contracts/flights.odcs.yaml\n";
    String kafka = "    kafka: {topic: t, bootstrap_servers: 'h:1'}\n";
    String postgres = "    postgres_cdc: {host: h, database: d, table: t, slot: ";
    return Stream.of(
        new Mistake(
            "pipeline: p\nsources:\n  s:\n" + contract,
            3,
            "sources.s: found none of them, expected exactly one of kafka, postgres_cdc; add one of them"),
        new Mistake(
            "pipeline: p\nsources:\n  s:\n" + kafka,
            3,
            "sources.s: found no \"contract\", expected contract: the path of an ODCS v3 file; add it, for example contract: schemas/contracts/flights.odcs.yaml"),
        new Mistake(
            "pipeline: p\nsources:\n  s:\n" + kafka + "    contract: nowhere.yaml\n",
            5,
            "sources.s.contract: found the text \"nowhere.yaml\", which is no file, expected a contract, looked up in "),
        new Mistake(
            "pipeline: p\nsources:\n  s:\n    kafka: {topic: 'a b', bootstrap_servers: 'h:1'}\n"
                + contract,
            4,
            "found the text \"a b\", expected the name of a topic"),
        new Mistake(
            "pipeline: p\nsources:\n  s:\n    kafka: {topic: a}\n" + contract,
            4,
            "sources.s.kafka: found no \"bootstrap_servers\", expected bootstrap_servers: host:port, several separated by commas; add it, for example bootstrap_servers: \"${KAFKA:-localhost:9092}\""),
        new Mistake(
            "pipeline: p\nsources:\n  s:\n    kafka: {topic: millrace.p.dead-letters, bootstrap_servers: 'h:1'}\n"
                + contract,
            4,
            "found the topic \"millrace.p.dead-letters\", which this pipeline writes"),
        new Mistake(
            "pipeline: p\nsources:\n  s:\n" + kafka + contract + "    event_time: {field: dest}\n",
            6,
            "sources.s.event_time.field: found the field \"dest\" of type STRING, expected a timestamp, or a bigint of milliseconds since 1970;"),
        new Mistake(
            "pipeline: p\nsources:\n  s:\n"
                + kafka
                + contract
                + "    event_time: {field: departed}\n",
            6,
            "did you mean \"departed_at\"?"),
        new Mistake(
            "pipeline: p\nsources:\n  s:\n"
                + kafka
                + contract
                + "    event_time: {idle_after: 0s}\n",
            6,
            "found no time at all, expected at least 1ms"),
        new Mistake(
            "pipeline: p\nsources:\n  s:\n" + postgres + "s}\n" + contract,
            1,
            "found no Kafka for dead letters and feature topics, expected topics: {bootstrap_servers: host:port}; add it"),
        new Mistake(
            "pipeline: p\ntopics: {bootstrap_servers: 'h:1'}\nsources:\n  s:\n"
                + postgres
                + "S1}\n"
                + contract,
            5,
            "sources.s.postgres_cdc.slot: found the text \"S1\", expected lower-case letters, digits or '_', at most 63 characters; for example millrace_planes"),
        new Mistake(
            "pipeline: p\ntopics: {bootstrap_servers: 'h:1'}\nsources:\n  s:\n"
                + postgres
                + "a, port: 70000}\n"
                + contract,
            5,
            "sources.s.postgres_cdc.port: found the number \"70000\", expected a port from 1 to 65535; for example 5432"),
        new Mistake(
            "pipeline: p\ntopics: {bootstrap_servers: 'h:1'}\nsources:\n  s:\n"
                + postgres
                + "a, port: '70000'}\n"
                + contract,
            5,
            "sources.s.postgres_cdc.port: found the text \"70000\", expected a port from 1 to 65535"),
        new Mistake(
            "pipeline: p\ntopics: {bootstrap_servers: 'h:1'}\nsources:\n  s:\n"
                + postgres
                + "a, password: '${P:-hunter2}'}\n"
                + contract,
            5,
            "found a password written out (not shown)"),
        new Mistake(
            "pipeline: p\ntopics: {bootstrap_servers: 'h:1'}\nsources:\n  s:\n"
                + postgres
                + "a}\n"
                + contract
                + "  t:\n"
                + postgres
                + "a}\n"
                + contract,
            8,
            "found the slot \"a\", already that of source s, expected a slot of its own for every source"),
        new Mistake(
            "pipeline: p\nsources: {}\n",
            2,
            "sources: found an empty map, expected a map of sources by name"),
        new Mistake(
            "pipeline: my pipeline\nsources:\n  s:\n" + kafka + contract,
            1,
            "pipeline: found the text \"my pipeline\", expected a name: a letter, then"),
        new Mistake("- a\n", 1, "found a list, expected a Millrace pipeline file"),
        new Mistake("", 1, "found an empty file, expected a map of keys; write the file"));
  }

  @ParameterizedTest
  @MethodSource("mistakesOfSources")
  void shouldNameMistakesOfSources(Mistake mistake) {
    PipelineFile file = PipelineFixture.whole(mistake.yaml(), Map.of());

    assertThat(file.problems())
        .singleElement()
        .extracting(Problem::toString)
        .asString()
        .startsWith(PipelineFixture.FILE + ":" + mistake.line() + ": ")
        .contains(mistake.message());
  }

  @Test
  void shouldSayThatAStarNeedsQuotes() {
    assertThat(PipelineFixture.withAggregations("n: {count: *, windows: [1h]}\n").problems())
        .singleElement()
        .extracting(Problem::toString)
        .asString()
        .contains("put quotes around \"*\"");
  }

  @Test
  void shouldPassOnTheProblemsOfAContract() throws IOException {
    Path folder = Files.createTempDirectory("millrace");
    Path contract = folder.resolve("broken.odcs.yaml");
    Files.writeString(contract, "apiVersion: v3.1.0\nkind: DataContract\nversion: 1.0.0\n");
    List<Problem> problems =
        PipelineFile.parse(
                folder.resolve("p.yaml"),
                """
                pipeline: p
                sources:
                  s:
                    kafka: {topic: t, bootstrap_servers: 'h:1'}
                    contract: broken.odcs.yaml
                """,
                new Environment(Map.of()))
            .problems();

    assertThat(problems)
        .singleElement()
        .extracting(Problem::file)
        .asString()
        .endsWith("broken.odcs.yaml");
    Files.delete(contract);
    Files.delete(folder);
  }

  @Test
  void shouldSayThatThereIsNoFile() {
    assertThat(PipelineFile.read(Path.of("no.yaml"), new Environment(Map.of())).problems())
        .extracting(Problem::toString)
        .containsExactly(
            "no.yaml:1: found no such file, expected a YAML file; check the path and the working"
                + " folder");
  }

  private static void assertNamed(PipelineFile file, Mistake mistake) {
    assertThat(file.problems())
        .singleElement()
        .extracting(Problem::toString)
        .asString()
        .startsWith(
            PipelineFixture.FILE + ":" + (PipelineFixture.FIRST_LINE + mistake.line() - 1) + ": ")
        .contains(mistake.message());
  }
}
