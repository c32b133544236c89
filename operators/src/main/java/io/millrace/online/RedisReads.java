package io.millrace.online;

import io.millrace.delivery.Backoff;
import io.millrace.pipeline.OnlineStore;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Function;
import redis.clients.jedis.exceptions.JedisException;

/** A link for reading, which connects when it is first used and after failures. Not thread safe. */
final class RedisReads implements AutoCloseable {
  private static final int ATTEMPTS = 3;

  private final RedisAddress address;
  private final RedisLink link;
  private boolean connected;
  private Duration patience = Duration.ZERO;

  /**
   * @throws IllegalArgumentException if the address is malformed
   */
  RedisReads(OnlineStore store) {
    address = RedisAddress.of(store);
    link = new RedisLink(address);
  }

  /** Waits out an outage up to this patience. */
  void waiting(Duration longest) {
    patience = longest;
  }

  /**
   * The answer to a question, which is asked again when an outage may have passed.
   *
   * @throws StrangeKeyException if a key that is asked for as a hash holds something else
   * @throws IOException if Redis cannot be reached or refuses; the message names it
   */
  <T> T asking(Function<RedisLink, T> question) throws IOException {
    Backoff backoff = new Backoff(patience);
    JedisException last = null;
    for (int attempt = 0; attempt < ATTEMPTS || awaited(backoff); attempt++) {
      try {
        if (!connected) {
          link.open();
          connected = true;
        }
        return question.apply(link);
      } catch (RedisLink.NotAHash strange) {
        throw new StrangeKeyException(
            "%s: key %s: %s. %s"
                .formatted(
                    address,
                    EntityLayout.readable(strange.key()),
                    Outage.words(strange),
                    Outage.cure(strange)),
            strange);
      } catch (JedisException failure) {
        // A slot may have moved, or the server closed a connection that was idle.
        connected = false;
        link.close();
        last = failure;
        if (!Outage.mayPass(failure)) {
          break;
        }
      }
    }
    throw new IOException(
        Outage.mayPass(last)
            ? "%s does not answer%s: %s"
                .formatted(address, patience.isZero() ? "" : " for " + patience, Outage.words(last))
            : "%s refused a read: %s. %s".formatted(address, Outage.words(last), Outage.cure(last)),
        last);
  }

  /** Waits before the next attempt; whether there is to be one. */
  private boolean awaited(Backoff backoff) throws IOException {
    if (backoff.isOver()) {
      return false;
    }
    try {
      backoff.pause();
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while " + address + " was away", e);
    }
  }

  @Override
  public void close() {
    link.close();
  }
}
