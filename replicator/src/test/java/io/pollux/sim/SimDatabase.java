package io.pollux.sim;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A database with row locks, whose commits may fail, hang, or be done or lost without an answer. It
 * keeps what was committed across a crash; a weak one may lose the last commits. Row images are
 * immutable; readers see what is committed and never wait.
 */
final class SimDatabase {
  private static final long LOCK_TIMEOUT_NANOS = 5_000_000_000L;

  final String name;
  private final Setting setting;
  private TreeMap<String, Object> committed = new TreeMap<>();

  /** Commits that a crash may take back, oldest first. */
  private final List<Map<String, Optional<Object>>> volatileCommits = new ArrayList<>();

  private TreeMap<String, Object> durable = new TreeMap<>();
  private final TreeSet<Session> sessions = new TreeSet<>();
  private boolean down;
  private long numbered;

  /** What happens at a commit. */
  enum CommitFault {
    NONE,
    FAILS,
    DONE_WITHOUT_ANSWER,
    LOST_WITHOUT_ANSWER,
    DECIDED_LATER,
    HANGS,
    FAILS_LATE
  }

  /** The world around it. */
  interface Setting {
    /** The process that asks may have died meanwhile: then nothing answers it. */
    void requireAlive();

    /** Lets others go on. */
    void step();

    /** Waits; whether the condition holds. */
    boolean await(java.util.function.BooleanSupplier condition, long nanos);

    CommitFault commitFault(Session session);

    boolean isWeak();

    /** Runs later, whatever becomes of the process that asked. */
    void later(long nanos, Runnable task);

    boolean chance(int oneIn);

    long nanosUpTo(long most);

    void committed(SimDatabase database, Map<String, Optional<Object>> changes);

    /** Another content has come in the place of the former. */
    void replaced(SimDatabase database);
  }

  SimDatabase(String name, Setting setting) {
    this.name = name;
    this.setting = setting;
  }

  /** The open transaction of one connection. */
  final class Session implements Comparable<Session> {
    final boolean application;
    private final long number = ++numbered;
    private final LinkedHashMap<String, Optional<Object>> changes = new LinkedHashMap<>();
    private final TreeSet<String> locks = new TreeSet<>();
    private Optional<String> waitsFor = Optional.empty();
    private boolean dead;

    Session(boolean application) {
      this.application = application;
    }

    @Override
    public int compareTo(Session other) {
      return Long.compare(number, other.number);
    }

    private void check() throws SQLException {
      setting.requireAlive();
      if (dead || down) {
        throw new SQLException("the connection is broken", "08006");
      }
    }

    boolean isDead() {
      return dead;
    }

    boolean hasChanges() {
      return !changes.isEmpty();
    }

    Optional<Object> read(String key) throws SQLException {
      check();
      Optional<Object> own = changes.get(key);
      return own != null ? own : Optional.ofNullable(committed.get(key));
    }

    /** Rows whose keys begin with {@code prefix}, own changes included. */
    SortedMap<String, Object> scan(String prefix) throws SQLException {
      check();
      TreeMap<String, Object> rows =
          new TreeMap<>(committed.subMap(prefix, prefix + Character.MAX_VALUE));
      changes.forEach(
          (key, value) -> {
            if (key.startsWith(prefix)) {
              value.ifPresentOrElse(v -> rows.put(key, v), () -> rows.remove(key));
            }
          });
      return rows;
    }

    void write(String key, Optional<Object> value) throws SQLException {
      lock(key);
      changes.put(key, value);
    }

    void lock(String key) throws SQLException {
      check();
      if (holder(key).filter(h -> h != this).isPresent()) {
        refuseDeadlock(key);
        waitsFor = Optional.of(key);
        boolean free =
            setting.await(
                () -> dead || holder(key).filter(h -> h != this).isEmpty(), LOCK_TIMEOUT_NANOS);
        waitsFor = Optional.empty();
        check();
        if (!free) {
          throw new SQLException("a lock on " + key + " could not be obtained in time", "40XL1");
        }
      }
      locks.add(key);
    }

    private void refuseDeadlock(String key) throws SQLException {
      Optional<Session> other = holder(key);
      while (other.isPresent()) {
        if (other.get() == this) {
          throw new SQLException("deadlock at " + key, "40001");
        }
        other = other.get().waitsFor.flatMap(SimDatabase.this::holder);
      }
    }

    void rollback() throws SQLException {
      check();
      forget();
    }

    private void forget() {
      changes.clear();
      locks.clear();
    }

    void commit() throws SQLException {
      check();
      setting.step();
      check();
      CommitFault fault = changes.isEmpty() ? CommitFault.NONE : setting.commitFault(this);
      switch (fault) {
        case NONE -> install();
        case FAILS -> {
          forget();
          throw new SQLException("could not serialize access", "40001");
        }
        case DONE_WITHOUT_ANSWER -> {
          install();
          throw lost();
        }
        case LOST_WITHOUT_ANSWER -> {
          forget();
          throw lost();
        }
        case DECIDED_LATER -> {
          decideLater();
          throw lost();
        }
        case HANGS -> {
          boolean unused = setting.await(() -> dead, setting.nanosUpTo(20_000_000_000L));
          check();
          install();
        }
        case FAILS_LATE -> {
          boolean unused = setting.await(() -> dead, setting.nanosUpTo(3_000_000_000L));
          check();
          forget();
          throw new SQLException("could not serialize access", "40001");
        }
        default -> throw new AssertionError(fault);
      }
      setting.step();
      check();
    }

    /** The server goes on with the commit after the connection broke, and holds the locks. */
    private void decideLater() {
      boolean commits = setting.chance(2);
      Session server = new Session(application);
      server.changes.putAll(changes);
      server.locks.addAll(locks);
      sessions.add(server);
      setting.later(
          setting.nanosUpTo(20_000_000_000L),
          () -> {
            if (commits && !server.dead) {
              server.install();
            }
            server.close();
          });
    }

    private SQLException lost() {
      close();
      return new SQLException("the connection broke in the commit", "08006");
    }

    private void install() {
      if (!changes.isEmpty()) {
        Map<String, Optional<Object>> done = new LinkedHashMap<>(changes);
        put(committed, done);
        volatileCommits.add(done);
        boolean mustStay =
            done.containsKey(SimSql.MADE)
                || done.containsKey(SimSql.NODE)
                || done.keySet().equals(Set.of(SimSql.APPLIED)); // The node's own session.
        if (!setting.isWeak() || mustStay || setting.chance(4)) {
          makeDurable(volatileCommits.size());
        }
        setting.committed(SimDatabase.this, done);
      }
      forget();
    }

    void close() {
      dead = true;
      forget();
      sessions.remove(this);
    }
  }

  private static void put(Map<String, Object> target, Map<String, Optional<Object>> changes) {
    changes.forEach(
        (key, value) -> value.ifPresentOrElse(v -> target.put(key, v), () -> target.remove(key)));
  }

  private void makeDurable(int commits) {
    for (int i = 0; i < commits; i++) {
      put(durable, volatileCommits.remove(0));
    }
  }

  Session connect(boolean application) throws SQLException {
    if (down) {
      throw new SQLException("the database does not answer", "08001");
    }
    Session session = new Session(application);
    sessions.add(session);
    return session;
  }

  private Optional<Session> holder(String key) {
    for (Session session : sessions) {
      if (session.locks.contains(key)) {
        return Optional.of(session);
      }
    }
    return Optional.empty();
  }

  /** What is committed, for those who look from outside. */
  SortedMap<String, Object> rows(String prefix) {
    return new TreeMap<>(committed.subMap(prefix, prefix + Character.MAX_VALUE));
  }

  boolean isMade() {
    return committed.containsKey(SimSql.MADE);
  }

  /** What a backup holds; the engine brings it to disk first. */
  SortedMap<String, Object> snapshot() {
    makeDurable(volatileCommits.size());
    return new TreeMap<>(committed);
  }

  /** Everything is replaced, durably; all connections end. */
  void replace(SortedMap<String, Object> rows) {
    endSessions();
    committed = new TreeMap<>(rows);
    durable = new TreeMap<>(rows);
    volatileCommits.clear();
    setting.replaced(this);
  }

  /** It is closed as it should be: all of it is on disk. */
  void shutDown() {
    endSessions();
    makeDurable(volatileCommits.size());
  }

  void endSessions() {
    List.copyOf(sessions).forEach(Session::close);
  }

  /** No new connections and no answers until it is up again; open work is rolled back. */
  void goDown() {
    down = true;
    endSessions();
  }

  void comeUp() {
    down = false;
  }

  /** The process or the machine fails: open work is gone, and of a weak one the last commits. */
  void crash() {
    endSessions();
    if (!volatileCommits.isEmpty()) {
      makeDurable((int) setting.nanosUpTo(volatileCommits.size()));
      volatileCommits.clear();
      committed = new TreeMap<>(durable);
    }
  }
}
