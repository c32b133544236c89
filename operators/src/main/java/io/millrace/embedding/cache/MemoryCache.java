package io.millrace.embedding.cache;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The vectors that were used last, shared by all who encode with the same model in this process.
 * Thread-safe; locks are taken for a lookup in one of {@value #PARTS} parts.
 *
 * <p>Memory: 4 bytes per dimension and some 170 bytes for each entry, 1.7 KB with 384 dimensions.
 */
public final class MemoryCache implements AutoCloseable {
  private static final int PARTS = 16;
  private static final Map<String, MemoryCache> OPEN = new HashMap<>();

  private final String model;
  private final Part[] parts = new Part[PARTS];
  private int users;

  private MemoryCache(String model) {
    this.model = model;
    for (int i = 0; i < PARTS; i++) {
      parts[i] = new Part();
    }
  }

  /** A least-recently-used map. */
  private static final class Part extends LinkedHashMap<String, float[]> {
    private static final long serialVersionUID = 1L;
    private int limit;

    Part() {
      super(16, 0.75f, true);
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<String, float[]> eldest) {
      return size() > limit;
    }
  }

  /**
   * The cache of a model's vectors, to be closed after use; it goes with the last user. Of users
   * who ask for different sizes, the largest counts.
   */
  public static MemoryCache acquire(String model, int entries) {
    synchronized (OPEN) {
      MemoryCache cache = OPEN.computeIfAbsent(model, MemoryCache::new);
      cache.users++;
      for (Part part : cache.parts) {
        synchronized (part) {
          part.limit = Math.max(part.limit, Math.max(1, entries / PARTS));
        }
      }
      return cache;
    }
  }

  private Part part(String key) {
    return parts[Math.floorMod(key.hashCode() * 0x9E3779B9 >>> 24, PARTS)];
  }

  /** The vector under a key, or null. Not to be changed. */
  public float[] get(String key) {
    Part part = part(key);
    synchronized (part) {
      return part.get(key);
    }
  }

  public void put(String key, float[] vector) {
    Part part = part(key);
    synchronized (part) {
      part.put(key, vector);
    }
  }

  public int size() {
    int size = 0;
    for (Part part : parts) {
      synchronized (part) {
        size += part.size();
      }
    }
    return size;
  }

  @Override
  public void close() {
    synchronized (OPEN) {
      if (--users == 0) {
        OPEN.remove(model);
      }
    }
  }
}
