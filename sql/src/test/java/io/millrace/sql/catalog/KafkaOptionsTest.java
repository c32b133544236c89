package io.millrace.sql.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.pipeline.Secret;
import java.util.Map;
import org.junit.jupiter.api.Test;

class KafkaOptionsTest {

  private static final String SIGN_IN =
      "org.apache.kafka.common.security.scram.ScramLoginModule required password=\"org.apache.kafka.x\";";

  @Test
  void shouldNameClassesOfKafkaAsTheyAreInItsJar() {
    String shaded = "io.millrace.sql.shaded.kafka";
    assertThat(KafkaOptions.renamed("sasl.jaas.config", SIGN_IN, shaded))
        .isEqualTo(
            "io.millrace.sql.shaded.kafka.common.security.scram.ScramLoginModule required password=\"org.apache.kafka.x\";");
    assertThat(KafkaOptions.renamed("sasl.jaas.config", "com.sun.Module required;", shaded))
        .isEqualTo("com.sun.Module required;");
    assertThat(
            KafkaOptions.renamed("sasl.login.callback.handler.class", "org.apache.kafka.X", shaded))
        .isEqualTo("io.millrace.sql.shaded.kafka.X");
    assertThat(KafkaOptions.renamed("client.id", "org.apache.kafka.X", shaded))
        .isEqualTo("org.apache.kafka.X");
  }

  @Test
  void shouldLeaveThemAsTheyAreWhereKafkaHasItsOwnName() {
    assertThat(KafkaOptions.of("h:1", "t", Map.of("sasl.jaas.config", new Secret(SIGN_IN))))
        .containsEntry("properties.sasl.jaas.config", SIGN_IN);
  }
}
