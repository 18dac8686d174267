package io.pollux.bench;

import java.util.Objects;
import java.util.Optional;

/**
 * Somebody who runs the workloads.
 *
 * @param barrier a URL of the same database; a commit on it returns when the copy has all that was
 *     committed before. Without one a round ends with its last commit.
 */
record Contender(String name, String url, Optional<String> barrier) {
  Contender {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(url, "url");
    Objects.requireNonNull(barrier, "barrier");
  }

  static Contender of(String name, String url) {
    return new Contender(name, url, Optional.empty());
  }

  /** P6Spy shall do nothing but hand every call on. */
  static void silenceSpy() {
    System.setProperty("p6spy.config.modulelist", "com.p6spy.engine.spy.P6SpyFactory");
  }
}
