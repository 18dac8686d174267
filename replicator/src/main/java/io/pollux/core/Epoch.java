package io.pollux.core;

/** Number of a reign: one higher at every promotion or handover. Epoch 1 is the first. */
public record Epoch(long number) implements Comparable<Epoch> {
  public Epoch {
    if (number < 0) {
      throw new IllegalArgumentException("an epoch is not negative: " + number);
    }
  }

  public Epoch next() {
    return new Epoch(number + 1);
  }

  @Override
  public int compareTo(Epoch other) {
    return Long.compare(number, other.number);
  }

  @Override
  public String toString() {
    return Long.toString(number);
  }
}
