package io.pollux.runtime;

/** Hears how a node stands. */
@FunctionalInterface
public interface StandingListener {
  /**
   * Something has changed. Called one at a time on a thread of its own; what changes while a call
   * runs comes in one call afterwards. A call that takes longer than {@link Redundancy#DEADLINE} is
   * told in the log.
   *
   * @param before what this listener was told last; at first {@code now} itself
   */
  void changed(Standing before, Standing now);
}
