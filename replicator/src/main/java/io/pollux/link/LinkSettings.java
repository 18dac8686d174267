package io.pollux.link;

import java.time.Duration;
import java.util.Objects;

/**
 * Bounds of a conversation.
 *
 * @param ping how often each side speaks at least
 * @param misses how many pings may be missed before the peer counts as lost
 * @param windowBytes bytes that may be on their way to the follower without a receipt
 */
public record LinkSettings(Duration ping, int misses, long windowBytes) {
  public static final LinkSettings DEFAULT = new LinkSettings(Duration.ofSeconds(1), 10, 32L << 20);

  public LinkSettings {
    Objects.requireNonNull(ping, "ping");
    if (ping.isNegative() || ping.isZero()) {
      throw new IllegalArgumentException("a ping interval is positive, not " + ping);
    }
    if (misses < 1 || windowBytes < 1) {
      throw new IllegalArgumentException(misses + " misses, window of " + windowBytes + " bytes");
    }
  }

  Duration silence() {
    return ping.multipliedBy(misses);
  }
}
