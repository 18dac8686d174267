package io.pollux.core;

/** Dense index of a record in the statement log. The first record is at 1; 0 is before all. */
public record Position(long index) implements Comparable<Position> {
  public static final Position NONE = new Position(0);

  public Position {
    if (index < 0) {
      throw new IllegalArgumentException("a position is not negative: " + index);
    }
  }

  public Position next() {
    return new Position(index + 1);
  }

  public Position plus(long records) {
    return new Position(index + records);
  }

  public boolean isBefore(Position other) {
    return index < other.index;
  }

  public boolean isAfter(Position other) {
    return index > other.index;
  }

  @Override
  public int compareTo(Position other) {
    return Long.compare(index, other.index);
  }

  @Override
  public String toString() {
    return Long.toString(index);
  }
}
