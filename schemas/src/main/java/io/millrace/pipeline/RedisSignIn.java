package io.millrace.pipeline;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Who signs in to Redis, as an address says it: {@code user:password@}, {@code :password@} or
 * {@code password@}. What stands alone is the password of the default user, as redis-cli and
 * Lettuce take it; Jedis would ignore it and connect without signing in. {@code user:@} is a user
 * without a password.
 *
 * @param user empty for the default user
 * @param password the empty text for none
 */
public record RedisSignIn(Optional<String> user, Secret password) {

  /**
   * What an address says.
   *
   * @param address percent-encoded where user or password hold special characters
   */
  public static RedisSignIn of(URI address) {
    String info = address.getRawUserInfo() == null ? "" : address.getRawUserInfo();
    // Before decoding: a colon that is part of a name is encoded.
    int colon = info.indexOf(':');
    String user = decoded(info.substring(0, Math.max(colon, 0)));
    return new RedisSignIn(
        Optional.of(user).filter(name -> !name.isEmpty()),
        new Secret(decoded(info.substring(colon + 1))));
  }

  /** Whether anybody signs in at all. */
  public boolean isGiven() {
    return user.isPresent() || !password.value().isEmpty();
  }

  /**
   * The same address with a colon before a password that stands alone, for clients that would
   * ignore it otherwise.
   */
  public static URI explicit(URI address) {
    String info = address.getRawUserInfo();
    return info == null || info.isEmpty() || info.indexOf(':') >= 0
        ? address
        : URI.create(address.toString().replaceFirst("://", "://:"));
  }

  private static String decoded(String text) {
    // A plus is a plus in this part of an address.
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }
}
