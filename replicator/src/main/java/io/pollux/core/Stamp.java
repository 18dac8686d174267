package io.pollux.core;

import java.nio.ByteBuffer;
import java.util.Comparator;

/**
 * Order of a transaction: taken while its row locks are still held, so that stamps of conflicting
 * transactions order as their effects do. Stamps may have gaps and are never used twice: {@code
 * boot} is reserved on disk before the first stamp of a process (FAULTS.md H7).
 */
public record Stamp(long epoch, long boot, long counter) implements Comparable<Stamp> {
  /** Below every stamp that a node hands out. */
  public static final Stamp NONE = new Stamp(0, 0, 0);

  private static final Comparator<Stamp> ORDER =
      Comparator.comparingLong(Stamp::epoch)
          .thenComparingLong(Stamp::boot)
          .thenComparingLong(Stamp::counter);

  public Stamp {
    if (epoch < 0 || boot < 0 || counter < 0) {
      throw new IllegalArgumentException(
          "a stamp has no negative part: " + epoch + "." + boot + "." + counter);
    }
  }

  /**
   * Reads what {@link #toString} writes.
   *
   * @throws IllegalArgumentException if it is something else
   */
  public static Stamp parse(String text) {
    String[] parts = text.strip().split("\\.", -1);
    if (parts.length != 3) {
      throw new IllegalArgumentException("'" + text + "' is not a stamp such as 1.1.7");
    }
    return new Stamp(Long.parseLong(parts[0]), Long.parseLong(parts[1]), Long.parseLong(parts[2]));
  }

  public boolean isAfter(Stamp other) {
    return compareTo(other) > 0;
  }

  /** Whether one process took both in one reign. */
  public boolean isOfSameReign(Stamp other) {
    return epoch == other.epoch && boot == other.boot;
  }

  /** 24 bytes, big endian. */
  public byte[] toBytes() {
    return ByteBuffer.allocate(3 * Long.BYTES)
        .putLong(epoch)
        .putLong(boot)
        .putLong(counter)
        .array();
  }

  @Override
  public int compareTo(Stamp other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return epoch + "." + boot + "." + counter;
  }
}
