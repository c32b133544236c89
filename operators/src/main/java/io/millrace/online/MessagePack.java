package io.millrace.online;

import java.util.Arrays;

/**
 * Packs byte strings the way Redis' {@code cmsgpack.unpack} takes them apart again.
 *
 * <pre>
 * length        bytes
 * up to 31      a0|length, bytes
 * up to 255     d9 length, bytes
 * up to 65535   da length (2 bytes, big-endian), bytes
 * more          db length (4 bytes, big-endian), bytes
 * </pre>
 *
 * @see <a href="https://github.com/msgpack/msgpack/blob/master/spec.md">MessagePack</a>
 */
final class MessagePack {

  private byte[] bytes = new byte[512];
  private int size;

  MessagePack clear() {
    size = 0;
    return this;
  }

  MessagePack add(byte[] value) {
    int length = value.length;
    ensure(length + 5);
    if (length < 32) {
      bytes[size++] = (byte) (0xa0 | length);
    } else if (length < 256) {
      bytes[size++] = (byte) 0xd9;
      bytes[size++] = (byte) length;
    } else if (length < 65_536) {
      bytes[size++] = (byte) 0xda;
      bytes[size++] = (byte) (length >>> 8);
      bytes[size++] = (byte) length;
    } else {
      bytes[size++] = (byte) 0xdb;
      bytes[size++] = (byte) (length >>> 24);
      bytes[size++] = (byte) (length >>> 16);
      bytes[size++] = (byte) (length >>> 8);
      bytes[size++] = (byte) length;
    }
    System.arraycopy(value, 0, bytes, size, length);
    size += length;
    return this;
  }

  byte[] toBytes() {
    return Arrays.copyOf(bytes, size);
  }

  private void ensure(int more) {
    if (size + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(size + more, bytes.length * 2));
    }
  }
}
