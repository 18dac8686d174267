package io.pollux.driver;

import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

/** Engines on which the driver is compared with the bare one. */
enum TestEngine {
  DERBY("jdbc:derby:memory:engine"),
  H2("jdbc:h2:mem:engine"),
  HSQLDB("jdbc:hsqldb:mem:engine"),
  HSQLDB_MVCC("jdbc:hsqldb:mem:mvcc-engine") {
    @Override
    String create() throws SQLException {
      return super.create() + ";hsqldb.tx=mvcc";
    }
  },
  POSTGRESQL("");

  /** What is refused or said in other words; the engine's page has each of them. */
  private static final Pattern OTHERWISE =
      Pattern.compile(
          "(insert by index|failing prepared batch|batch of unknown|((update|query) )?commit|prepare .*|array)"
              + " (!!|->) .*");

  /** Runs a query that writes; shows an empty set of keys only once in a process. */
  private static final Pattern HSQLDB_OTHERWISE =
      Pattern.compile("(query that writes|keys never asked) .*");

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
    return this != DERBY;
  }

  /** Whether a large value can be held without being read. */
  boolean hasLocators() {
    return this != POSTGRESQL;
  }

  /** Columns B of bytes and C of characters, of any length. */
  String lobColumns() {
    return hasLocators() ? "b blob, c clob" : "b bytea, c text";
  }

  /** Whether this call of the script may be answered otherwise than by the bare driver. */
  boolean answersOtherwise(String line) {
    boolean otherwise = this == HSQLDB || this == HSQLDB_MVCC;
    return this == POSTGRESQL && OTHERWISE.matcher(line).lookingAt()
        || otherwise && HSQLDB_OTHERWISE.matcher(line).lookingAt();
  }

  /** The URL of a new database, in memory where that is possible. */
  String create() throws SQLException {
    return this == POSTGRESQL ? PostgresServers.database() : url + DATABASES.incrementAndGet();
  }
}
