package io.millrace.document;

import java.io.Serializable;

/**
 * Where in a file something stands, for problems that are only found later.
 *
 * @param line from 1
 * @param path for example {@code schema[0].quality[1]}
 */
public record Place(String file, int line, String path) implements Serializable {

  public Problem problem(String found, String expected, String fix) {
    return new Problem(file, line, path, found, expected, fix);
  }
}
