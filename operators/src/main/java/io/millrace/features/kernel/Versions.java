package io.millrace.features.kernel;

import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;

/** The version byte in front of every object part. */
final class Versions {
  private Versions() {}

  static void expect(int known, DataInputView in, Kernel kernel) throws IOException {
    int found = in.readUnsignedByte();
    if (found != known) {
      throw new IOException(
          "state of %s has format %d, this release reads format %d: restore with the release that wrote it, or newer"
              .formatted(kernel, found, known));
    }
  }
}
