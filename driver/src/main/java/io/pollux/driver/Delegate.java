package io.pollux.driver;

/** Stands before one of the real driver's objects; the application never sees the real one. */
abstract class Delegate {
  private final Scope scope;

  /** The scope of what this hands out; a connection is its own. */
  Delegate(Scope scope) {
    this.scope = scope;
  }

  Scope scope() {
    return scope;
  }

  /** The real driver's object. */
  abstract Object inner();
}
