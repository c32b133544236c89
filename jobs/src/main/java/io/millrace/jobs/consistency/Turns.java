package io.millrace.jobs.consistency;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Which entities of a view a round looks at, when it cannot look at all of them: the next ones in
 * an order by hash, and again the first ones after the last. So an entity has its turn after at
 * most {@code ceil(entities / most)} rounds, and those of one round are spread over all of them.
 *
 * <p>Memory: some 50 bytes for each key while a round chooses, one key in between. NOT thread safe.
 */
public final class Turns {
  private static final Comparator<Place> ORDER =
      Comparator.comparingLong(Place::hash).thenComparing(Place::key, Arrays::compareUnsigned);

  private Place last;

  private record Place(long hash, byte[] key) {
    static Place of(byte[] key) {
      CRC32C hash = new CRC32C();
      hash.update(key);
      return new Place(hash.getValue(), key);
    }
  }

  private Turns(byte[] after) {
    last = Place.of(after);
  }

  /** Always the same turns over the same entities. */
  public static Turns fixed() {
    return from(0);
  }

  /** Turns that begin somewhere else for each seed. */
  public static Turns from(long seed) {
    return new Turns(ByteBuffer.allocate(Long.BYTES).putLong(seed).array());
  }

  /**
   * Those whose turn it is.
   *
   * @param keys of all entities
   * @param most how many at once
   */
  List<byte[]> next(List<byte[]> keys, int most) {
    if (keys.size() <= most) {
      return keys;
    }
    List<Place> places = new ArrayList<>(keys.size());
    keys.forEach(key -> places.add(Place.of(key)));
    places.sort(ORDER);
    int found = Collections.binarySearch(places, last, ORDER);
    int first = found >= 0 ? found + 1 : -found - 1;
    List<byte[]> chosen = new ArrayList<>(most);
    for (int i = 0; i < most; i++) {
      last = places.get((first + i) % places.size());
      chosen.add(last.key());
    }
    return chosen;
  }
}
