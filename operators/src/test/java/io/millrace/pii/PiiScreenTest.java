package io.millrace.pii;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.api.Test;

class PiiScreenTest {
  private final PiiScreen screen = new PiiScreen();

  @Test
  void shouldHoldAFieldBackAsSoonAsItsNameOrAValueSpeaksOfAPerson() {
    assertThat(screen.mayCarry("gate", "\"B12\"")).isTrue();
    assertThat(screen.mayCarry("email", "null")).isFalse();
    assertThat(screen.mayCarry("contact", "\"desk 4\"")).isTrue();
    assertThat(screen.mayCarry("contact", "\"ada@example.org\"")).isFalse();
    assertThat(screen.mayCarry("contact", "\"desk 4\"")).as("from then on").isFalse();
    assertThat(screen.mayCarry("passenger", "{\"phone\":\"+49 30 1234567\"}")).isFalse();
  }

  @Test
  void shouldNoticeThatAFieldChangesItsNature() {
    for (int i = 0; i < 1_000; i++) {
      assertThat(screen.mayCarry("note", "\"gate " + i + "\"")).isTrue();
    }
    boolean carried = true;
    for (int i = 0; i < 100; i++) {
      carried = screen.mayCarry("note", "\"user" + i + "@example.org\"");
    }
    assertThat(carried).isFalse();
  }

  @Test
  void shouldStayBoundedWithManyFields() {
    for (int i = 0; i < 10_000; i++) {
      assertThat(screen.mayCarry("f" + i, "1")).isTrue();
    }
    assertThat(screen.mayCarry("f9999", "\"ada@example.org\"")).isFalse();
  }

  @Test
  void shouldTravelWithTheJob() throws Exception {
    screen.mayCarry("contact", "\"ada@example.org\"");
    PiiScreen copy = InstantiationUtil.clone(screen, getClass().getClassLoader());
    assertThat(copy.mayCarry("contact", "\"desk 4\"")).isTrue();
  }
}
