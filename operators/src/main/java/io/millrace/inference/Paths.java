package io.millrace.inference;

import java.util.Optional;

/**
 * Paths into a value: {@code ""} is the value itself, {@code /name} a property, {@code /[]} the
 * elements of an array. {@code ~}, {@code /} and {@code [} of names are written {@code ~0}, {@code
 * ~1} and {@code ~2}.
 */
final class Paths {
  private static final String ELEMENTS = "/[]";

  private Paths() {}

  static String element(String path) {
    return path + ELEMENTS;
  }

  static String property(String path, String name) {
    return path + "/" + name.replace("~", "~0").replace("/", "~1").replace("[", "~2");
  }

  /** The property's name, if {@code path} is one directly below {@code parent}. */
  static Optional<String> propertyOf(String path, String parent) {
    if (path.length() <= parent.length()
        || !path.startsWith(parent)
        || path.charAt(parent.length()) != '/') {
      return Optional.empty();
    }
    String rest = path.substring(parent.length());
    return rest.indexOf('/', 1) >= 0 || rest.equals(ELEMENTS)
        ? Optional.empty()
        : Optional.of(rest.substring(1).replace("~2", "[").replace("~1", "/").replace("~0", "~"));
  }
}
