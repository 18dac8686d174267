package io.pollux.core;

/** Number of a reign: higher at every promotion or handover. Epoch 1 is the first. */
public record Epoch(long number) implements Comparable<Epoch> {
  public Epoch {
    if (number < 0) {
      throw new IllegalArgumentException("an epoch is not negative: " + number);
    }
  }

  /**
   * The next one that a node of this role may begin: a backup takes even numbers, everyone else odd
   * ones, so that two nodes that do not hear each other never reign in the same epoch.
   */
  public Epoch next(Role role) {
    boolean isMine = (number + 1) % 2 == (role == Role.BACKUP ? 0 : 1);
    return new Epoch(isMine ? number + 1 : number + 2);
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
