package io.millrace.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TextTableTest {

  @Test
  void shouldMakeColumnsAsWideAsTheirWidestCell() {
    TextTable table = new TextTable("name", "n");
    table.add("a", 1);
    table.add("naïve 𝄞", 22);

    assertThat(table.toString().lines())
        .containsExactly("name     n", "a        1", "naïve 𝄞  22");
  }

  @Test
  void shouldKeepARowOnOneLineWhateverAProducerWrote() {
    TextTable table = new TextTable("key", "n");
    table.add("a\nb\u001b[2J", 1);

    assertThat(table.toString().lines()).containsExactly("key      n", "a b [2J  1");
  }
}
