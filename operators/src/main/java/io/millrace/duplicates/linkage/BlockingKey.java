package io.millrace.duplicates.linkage;

import java.io.Serializable;
import java.util.List;

/** Records that agree in all parts are compared. A record that lacks one has no such key. */
public record BlockingKey(List<KeyPart> parts) implements Serializable {
  public BlockingKey {
    parts = List.copyOf(parts);
    if (parts.isEmpty()) {
      throw new IllegalArgumentException("a blocking key has at least one part");
    }
  }

  public static BlockingKey of(KeyPart... parts) {
    return new BlockingKey(List.of(parts));
  }
}
