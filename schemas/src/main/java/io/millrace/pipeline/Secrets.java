package io.millrace.pipeline;

import io.millrace.document.Problem;
import io.millrace.document.YamlValue;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Finds secrets that are written into a file instead of being taken from the environment. */
final class Secrets {

  private static final Pattern SECRET_PATH =
      Pattern.compile("(.*\\.)?(password|redis|api_key|url|uri|properties\\..*)");

  /** Names of client properties whose values are secrets. */
  private static final Pattern SECRET_PROPERTY =
      Pattern.compile(
          "(?i).*(password|passwd|passphrase|secret|token|credential|api[._-]?key|private[._-]?key"
              + "|keystore\\.key).*");

  /** Names that contain one of those words and yet say only where or how. */
  private static final Pattern NO_SECRET =
      Pattern.compile("(?i).*(url|uri|class|location|file|path|type|alias|name|seconds|ms)$");

  private static final Pattern JAAS_SECRET =
      Pattern.compile("(?i)(password|secret)\\w*\\s*=\\s*(\"[^\"]+\"|'[^']+'|[^\"'\\s;]+)");

  private static final Pattern URL_PASSWORD = Pattern.compile("://[^/@]*:[^/@]+@");

  /** In Redis' addresses what stands alone is a password, too; a user has a colon behind it. */
  private static final Pattern REDIS_PASSWORD = Pattern.compile("://(?![^/@]*:@)[^/@]+@");

  private Secrets() {}

  /** Whether values at a path may hold a secret, so that messages must not show them. */
  static boolean isSecretPath(String path) {
    return SECRET_PATH.matcher(path).matches();
  }

  /** A password must come from the environment as a whole. */
  static Optional<Problem> password(YamlValue value) {
    return value.origin().writtenOut().isEmpty()
        ? Optional.empty()
        : Optional.of(writtenOut(value, "a password", "NAME"));
  }

  /** The password inside the address of a Redis must come from the environment. */
  static Optional<Problem> redis(YamlValue value) {
    return REDIS_PASSWORD.matcher(value.origin().writtenOut()).find()
        ? Optional.of(writtenOut(value, "an address with a password", "REDIS"))
        : Optional.empty();
  }

  /** The password inside an address must come from the environment. */
  static Optional<Problem> address(YamlValue value) {
    return URL_PASSWORD.matcher(value.origin().writtenOut()).find()
        ? Optional.of(writtenOut(value, "an address with a password", "REDIS"))
        : Optional.empty();
  }

  /** A client property that holds a secret must take it from the environment. */
  static Optional<Problem> property(String name, YamlValue value) {
    String written = value.origin().writtenOut();
    boolean secret =
        name.toLowerCase(Locale.ROOT).endsWith("jaas.config")
            ? JAAS_SECRET.matcher(written).find()
            : SECRET_PROPERTY.matcher(name).matches()
                && !NO_SECRET.matcher(name).matches()
                && !written.isEmpty();
    return secret ? Optional.of(writtenOut(value, "a secret", "NAME")) : Optional.empty();
  }

  private static Problem writtenOut(YamlValue value, String what, String variable) {
    return value.problem(
        what + " written out (not shown)",
        "${" + variable + "}, without a default that holds it",
        "put it into an environment variable, and change it: files get copied");
  }
}
