package io.pollux.core;

/**
 * What a pair does when one node can't reach the other; a setting of the group, the active node's
 * counts (FAULTS.md H15). Without a third vote no pair can both go on alone and take over by itself
 * and yet never lose what it acknowledged: each value gives up another of the three.
 */
public enum Availability {
  /** The active node goes on alone and says so; only an operator promotes the backup. */
  OPERATOR(true, false),

  /** The active node takes no commit that the backup can't confirm; the backup takes over. */
  CONSISTENT(false, true),

  /** Both: what the active node acknowledged alone may be lost, and two nodes may be active. */
  FIRST(true, true);

  private final boolean commitsAlone;
  private final boolean takesOver;

  Availability(boolean commitsAlone, boolean takesOver) {
    this.commitsAlone = commitsAlone;
    this.takesOver = takesOver;
  }

  /** Whether the active node takes commits while no backup follows. */
  public boolean commitsAlone() {
    return commitsAlone;
  }

  /** Whether a backup that had every record is promoted when the active node is gone. */
  public boolean takesOver() {
    return takesOver;
  }
}
