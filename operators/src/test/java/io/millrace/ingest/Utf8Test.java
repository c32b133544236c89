package io.millrace.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Utf8Test {

  @Test
  void shouldAgreeWithTheJdkOnSequencesOfUpToThreeBytes() {
    for (int i = 0; i < 1 << 24; i += 101) {
      byte[] bytes = {(byte) i, (byte) (i >> 8), (byte) (i >> 16)};
      assertThatBothAgree(bytes);
    }
    for (int i = 0; i < 1 << 16; i++) {
      assertThatBothAgree(new byte[] {(byte) i, (byte) (i >> 8)});
    }
  }

  @Test
  void shouldAgreeWithTheJdkOnDamagedText() {
    Random random = new Random(3629);
    byte[] text = "abcdefgh Zürich ✈ 😀 ijklmnopqrstuvwxyz".getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < 50_000; i++) {
      byte[] damaged = text.clone();
      damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
      assertThatBothAgree(damaged);
    }
  }

  private static void assertThatBothAgree(byte[] bytes) {
    boolean valid = Utf8.firstInvalid(bytes) == Utf8.VALID;
    if (valid != jdkDecodes(bytes)) {
      assertThat(valid).as(java.util.Arrays.toString(bytes)).isEqualTo(!valid);
    }
  }

  private static boolean jdkDecodes(byte[] bytes) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }
}
