package io.millrace.pipeline;

import java.io.Serializable;
import java.util.Objects;

/** A value that must not reach a log, a plan or an error message. Printing it shows asterisks. */
public record Secret(String value) implements Serializable {

  public Secret {
    Objects.requireNonNull(value, "value");
  }

  @Override
  public String toString() {
    return "***";
  }
}
