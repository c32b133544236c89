package io.millrace.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.apache.flink.configuration.CoreOptions;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class JobOptionsTest {
  @Test
  void shouldReadTheFileTheCapabilitiesAndFlinkOptions() {
    JobOptions options =
        JobOptions.parse(
            "--pipeline", "flights.yaml", "--only", "features", "--", "-Dparallelism.default=3");

    assertThat(options.pipeline()).isEqualTo(Path.of("flights.yaml"));
    assertThat(options.only()).containsExactly(Capability.FEATURES);
    assertThat(options.flinkConfiguration().get(CoreOptions.DEFAULT_PARALLELISM)).isEqualTo(3);
  }

  @Test
  void shouldRunEveryCapabilityByDefault() {
    assertThat(JobOptions.parse("--pipeline", "flights.yaml").only())
        .containsExactlyInAnyOrder(Capability.values());
  }

  @Test
  void shouldNameTheKnownCapabilities() {
    assertThatThrownBy(() -> JobOptions.parse("--pipeline", "f.yaml", "--only", "featurs"))
        .isInstanceOf(CommandLine.ParameterException.class)
        .hasMessageContaining("'featurs' is not a capability; known: features");
  }

  @Test
  void shouldRefuseWhatIsNoFlinkOption() {
    assertThatThrownBy(() -> JobOptions.parse("--pipeline", "f.yaml", "--", "parallelism=3"))
        .isInstanceOf(CommandLine.ParameterException.class)
        .hasMessageContaining("write -Dkey=value");
  }

  @Test
  void shouldAskForThePipelineFile() {
    assertThatThrownBy(() -> JobOptions.parse())
        .isInstanceOf(CommandLine.ParameterException.class)
        .hasMessageContaining("--pipeline");
  }
}
