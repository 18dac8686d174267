package io.pollux.driver;

import java.util.concurrent.atomic.AtomicInteger;

/** Engines on which the driver is compared with the bare one. */
enum TestEngine {
  DERBY("jdbc:derby:memory:engine"),
  H2("jdbc:h2:mem:engine");

  private static final AtomicInteger DATABASES = new AtomicInteger();
  private final String url;

  TestEngine(String url) {
    this.url = url;
  }

  /** Whether a connection with open work doesn't close. */
  boolean refusesToCloseOpenWork() {
    return this == DERBY;
  }

  /** Whether COMMIT is a statement. */
  boolean commitsByText() {
    return this == H2;
  }

  /** The URL of a new database, in memory. */
  String create() {
    return url + DATABASES.incrementAndGet();
  }
}
