package io.pollux.sim;

/** The process of a simulated node is gone: nothing of it runs on. Production code catches none. */
final class Died extends Error {
  private static final long serialVersionUID = 1L;

  Died() {
    super("the process died", null, false, true);
  }
}
