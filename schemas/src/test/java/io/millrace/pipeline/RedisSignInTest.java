package io.millrace.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RedisSignInTest {

  @ParameterizedTest
  @CsvSource({
    "redis://kim:s3cret@h, kim, s3cret",
    "redis://:s3cret@h, '', s3cret",
    "redis://s3cret@h, '', s3cret",
    "rediss://s3c%2Fr+t%40@h:1/2, '', s3c/r+t@",
    "redis://k%3Am:a:b@h, k:m, a:b",
    "redis://kim:@h, kim, ''",
    "redis://:@h, '', ''",
    "redis://h, '', ''",
  })
  void shouldTakeWhatStandsAloneForThePassword(String address, String user, String password) {
    RedisSignIn signIn = RedisSignIn.of(URI.create(address));

    assertThat(signIn.user().orElse("")).isEqualTo(user);
    assertThat(signIn.password().value()).isEqualTo(password);
    assertThat(signIn.isGiven()).isEqualTo(!(user + password).isEmpty());
    assertThat(RedisSignIn.of(RedisSignIn.explicit(URI.create(address)))).isEqualTo(signIn);
    assertThat(signIn.toString()).doesNotContain("s3c");
  }

  @Test
  void shouldPutAColonBeforeAPasswordThatStandsAlone() {
    assertThat(RedisSignIn.explicit(URI.create("redis://s3c%2Fret@h:1/2")))
        .isEqualTo(URI.create("redis://:s3c%2Fret@h:1/2"));
    assertThat(RedisSignIn.explicit(URI.create("redis://h"))).isEqualTo(URI.create("redis://h"));
  }
}
