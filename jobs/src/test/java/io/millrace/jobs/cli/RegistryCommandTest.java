package io.millrace.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RegistryCommandTest {

  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void copyTheShippedPipeline() throws IOException {
    file = folder.resolve("flights.yaml");
    String contracts = Path.of("..").toAbsolutePath().normalize().resolve("schemas").toString();
    Files.writeString(
        file,
        Files.readString(Path.of("../conf/pipelines/flights.yaml"))
            .replace("contract: schemas", "contract: " + contracts));
  }

  private CommandRun registry(String... arguments) {
    String[] all = new String[arguments.length + 3];
    all[0] = "registry";
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    all[arguments.length + 1] = "--pipeline-file";
    all[arguments.length + 2] = file.toString();
    return CommandRun.of(all);
  }

  private void edit(String before, String after) throws IOException {
    String text = Files.readString(file);
    assertThat(text).contains(before);
    Files.writeString(file, text.replace(before, after));
  }

  @Test
  void shouldListViewsWithWhereTheyComeFrom() {
    CommandRun run = registry("list");

    assertThat(run.exitCode()).isZero();
    assertThat(run.out())
        .containsPattern("flights +carrier_delay +1 +carrier +9 +topic flights .*not accepted")
        .containsPattern("flights +plane_profile +1 +tailnum +5 +table public.planes ");
  }

  @Test
  void shouldShowWhatAFeatureIsMadeOf() throws IOException {
    JsonNode view = new ObjectMapper().readTree(registry("show", "route_delay", "--json").out());
    JsonNode share = view.path("features").path(4);

    assertThat(share.path("name").asText()).isEqualTo("delayed_share_24h");
    assertThat(share.path("type").asText()).isEqualTo("DOUBLE");
    assertThat(share.path("computed").asText()).isEqualTo("ratio of delayed to flights");
    assertThat(share.path("source_fields")).hasToString("[\"dep_delay_minutes\"]");
    assertThat(registry("show", "carrier_delay").out())
        .contains("  source      flights, topic flights\n")
        .contains("  served by   Redis, layout feast, project millrace, for 7d\n")
        .containsPattern(
            "delay_p95_24h +DOUBLE +quantile of dep_delay_minutes, q 0.95 over 24h +dep_delay_minutes, cancelled");
  }

  @Test
  void shouldShowWhatAnOnDemandFeatureIsMadeOf() throws IOException {
    JsonNode group =
        new ObjectMapper().readTree(registry("show", "departure_risk", "--json").out());

    assertThat(group.at("/request/0").asText()).isEqualTo("scheduled_minutes INT");
    assertThat(group.at("/features/0/inputs"))
        .hasToString("[\"scheduled_minutes\",\"carrier_delay.delay_mean_24h\"]");
    assertThat(group.at("/features/0/source_fields"))
        .hasToString("[\"flights.dep_delay_minutes\",\"flights.cancelled\"]");
    assertThat(registry("show", "departure_risk").out())
        .startsWith("On demand departure_risk, version 1, of pipeline flights\n")
        .contains("  features of request, carrier_delay, route_delay\n");
    assertThat(registry("search", "scheduled_minutes").out()).contains("delay_of_trip");
    assertThat(registry("list").out())
        .containsPattern("flights +departure_risk +1 +carrier, origin, dest +3 +request, carrier");
  }

  @Test
  void shouldRefuseAnotherMeaningOfWhatAnOnDemandFeatureIsMadeOf() throws IOException {
    registry("accept");
    edit("request: {scheduled_minutes: INT}", "request: {scheduled_minutes: DOUBLE}");

    CommandRun validated = CommandRun.of("validate", file.toString());

    assertThat(validated.exitCode()).isEqualTo(ExitCodes.PROBLEMS);
    assertThat(validated.err() + validated.out())
        .contains("on_demand.departure_risk: found another meaning of the feature delay_of_trip")
        .contains("set version: 2");
    assertThat(registry("diff").out()).containsPattern("departure_risk +delay_of_trip +changed");
  }

  @Test
  void shouldFindFeaturesByTheFieldsTheyAreMadeOf() {
    CommandRun run = registry("search", "SEATS");

    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).contains("plane_profile").contains("seats_mean").doesNotContain("route");
    assertThat(registry("search", "weather").exitCode()).isEqualTo(ExitCodes.NOT_FOUND);
  }

  @Test
  void shouldNameTheNearestViewWhenThereIsNone() {
    CommandRun run = registry("show", "carrier_dely");

    assertThat(run.exitCode()).isEqualTo(ExitCodes.NOT_FOUND);
    assertThat(run.err()).contains("there is no view carrier_dely").contains("\"carrier_delay\"");
  }

  @Test
  void shouldRefuseAnotherMeaningUnderTheSameVersion() throws IOException {
    assertThat(registry("accept").exitCode()).isZero();
    assertThat(registry("diff").out()).contains("as accepted");
    edit("avg: dep_delay_minutes, windows", "avg: \"ABS(dep_delay_minutes)\", windows");

    CommandRun validated = CommandRun.of("validate", file.toString());

    assertThat(validated.exitCode()).isEqualTo(ExitCodes.PROBLEMS);
    assertThat(validated.err() + validated.out())
        .contains("features.carrier_delay: found another meaning of the feature delay_mean_24h")
        .contains("set version: 2");
    assertThat(registry("diff").out()).containsPattern("carrier_delay +delay_mean_1h +changed");
    assertThat(registry("accept").exitCode()).isEqualTo(ExitCodes.PROBLEMS);
  }

  @Test
  void shouldTakeAnotherMeaningUnderANewVersion() throws IOException {
    registry("accept");
    edit("avg: dep_delay_minutes, windows", "avg: \"ABS(dep_delay_minutes)\", windows");
    edit("  carrier_delay:\n", "  carrier_delay:\n    version: 2\n");
    assertThat(CommandRun.of("validate", file.toString()).out())
        .as("what is made of it means something else, too")
        .contains("on_demand.departure_risk: found another meaning of the feature delay_of_trip");
    edit("  departure_risk:\n", "  departure_risk:\n    version: 2\n");

    assertThat(CommandRun.of("validate", file.toString()).exitCode()).isZero();
    assertThat(registry("accept").exitCode()).isZero();
    assertThat(registry("list").out()).containsPattern("carrier_delay +2 .*operations +accepted");
  }

  @Test
  void shouldNotMindNewFeaturesNorHowTheFileIsWritten() throws IOException {
    registry("accept");
    edit(
        "      departures:  {count: \"*\", windows: [1h, 6h, 24h]}\n",
        """
              flown:
                sum: distance_miles          # new
                windows: [24h]
              departures:
                windows: [1h, 6h, 24h]
                count: "*"
        """
            .indent(0));

    CommandRun validated = CommandRun.of("validate", file.toString());

    assertThat(validated.err()).isEmpty();
    assertThat(validated.exitCode()).isZero();
    assertThat(registry("diff").out())
        .containsPattern("carrier_delay +flown_24h +added")
        .doesNotContain("departures");
  }

  @Test
  void shouldSayWhenTheLockCannotBeRead() throws IOException {
    Files.writeString(folder.resolve("flights.features.json"), "{\"format\": 7}");

    CommandRun validated = CommandRun.of("validate", file.toString());

    assertThat(validated.exitCode()).isEqualTo(ExitCodes.PROBLEMS);
    assertThat(validated.err() + validated.out())
        .contains("flights.features.json")
        .contains("this release reads format 1 only");
  }
}
