package io.millrace.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PortsTest {

  @Test
  void shouldNeverHandOutAPortTwice() {
    Set<Integer> ports = new HashSet<>();
    for (int i = 0; i < 50; i++) {
      assertThat(ports.add(Ports.free())).isTrue();
    }
  }

  @Test
  void shouldSeeThatAPortIsTaken() throws Exception {
    int port = Ports.free();
    assertThat(Ports.isFree(port)).isTrue();
    try (ServerSocket listener = new ServerSocket(port, 1, Ports.loopback())) {
      assertThat(listener.isBound()).isTrue();
      assertThat(Ports.isFree(port)).isFalse();
    }
  }
}
