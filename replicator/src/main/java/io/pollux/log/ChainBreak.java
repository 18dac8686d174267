package io.pollux.log;

/** A shipped entry does not continue this log: the two logs differ, or something was left out. */
public final class ChainBreak extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient LogHead head;

  ChainBreak(LogHead head, String message) {
    super(message);
    this.head = head;
  }

  /** What the entry would have had to continue. */
  public LogHead head() {
    return head;
  }
}
