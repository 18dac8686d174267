package io.pollux.house;

import java.util.List;

/** A rule that was broken: which one, where, and what to do. */
record Finding(String rule, String place, String message) {

  /** What is left when the exceptions of {@link Permits} are taken away. */
  static List<Finding> withoutPermitted(List<Finding> findings) {
    return findings.stream().filter(f -> !Permits.has(f.rule(), f.place())).toList();
  }

  @Override
  public String toString() {
    return "\n" + rule + ": " + place + ": " + message;
  }
}
