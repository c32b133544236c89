package io.millrace.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.testkit.Ports;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ServicePortsTest {

  @Test
  void shouldTakeTheUsualPortsUnlessTheEnvironmentNamesOthers() {
    assertThat(ServicePorts.from(Map.of("MILLRACE_POSTGRES_PORT", "15432")))
        .isEqualTo(new ServicePorts(9092, 15432, 6379, 8081));
  }

  @Test
  void shouldNameEveryVariableThatIsNotAPort() {
    assertThatThrownBy(
            () ->
                ServicePorts.from(
                    Map.of("MILLRACE_KAFKA_PORT", "kafka", "MILLRACE_REDIS_PORT", "70000")))
        .hasMessageContaining("MILLRACE_KAFKA_PORT=kafka is not a port")
        .hasMessageContaining("MILLRACE_REDIS_PORT=70000 is not a port")
        .hasMessageContaining("from 1 to 65535");
  }

  @Test
  void shouldNameEveryTakenPortWithItsServiceAndTheCure() throws Exception {
    ServicePorts ports = ServicePorts.anyFree();
    ports.requireFree();
    try (ServerSocket redis = listenOn(ports.redis());
        ServerSocket flink = listenOn(ports.flink())) {
      assertThat(redis.isBound() && flink.isBound()).isTrue();
      assertThatThrownBy(ports::requireFree)
          .hasMessageContaining(ports.redis() + " (Redis)")
          .hasMessageContaining(ports.flink() + " (Flink's web UI)")
          .hasMessageContaining("MILLRACE_REDIS_PORT=")
          .hasMessageNotContaining("Kafka");
    }
  }

  @Test
  void shouldNameTheGatewayWhosePortIsTaken() throws Exception {
    int port = Ports.free();
    try (ServerSocket taken = listenOn(port)) {
      assertThatThrownBy(
              () ->
                  ServicePorts.requireFree(Map.of(ServicePorts.SQL_GATEWAY, taken.getLocalPort())))
          .hasMessageContaining(port + " (Flink's SQL gateway)")
          .hasMessageContaining("MILLRACE_SQL_PORT=");
    }
  }

  private static ServerSocket listenOn(int port) throws Exception {
    return new ServerSocket(port, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
  }

  @Test
  void shouldTellPipelineFilesWhereTheServicesAre() {
    int redis = Ports.free();
    assertThat(new ServicePorts(1, 2, redis, 4).pipelineEnvironment())
        .containsEntry("KAFKA", "127.0.0.1:1")
        .containsEntry("PG_PORT", "2")
        .containsEntry("REDIS", "redis://127.0.0.1:" + redis);
  }
}
