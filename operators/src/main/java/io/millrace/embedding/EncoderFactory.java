package io.millrace.embedding;

import java.io.Serializable;

/** Opens the encoder of a subtask. */
@FunctionalInterface
interface EncoderFactory extends Serializable {
  TextEncoder open();
}
