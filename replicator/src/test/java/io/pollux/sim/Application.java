package io.pollux.sim;

import io.pollux.commit.Draft;
import io.pollux.commit.LocalCommit;
import io.pollux.commit.Slot;
import io.pollux.core.Change;
import io.pollux.core.Client;
import io.pollux.core.SqlValue;
import io.pollux.core.TableName;
import io.pollux.sim.SimDatabase.Session;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * One connection of an application: appends its transaction's number to a list or two, commits
 * through the gate, and believes what it is told.
 */
final class Application {
  private static final TableName TABLE = new TableName("", "T");
  private static final String LONG_NAME = "x".repeat(300);

  private final World world;
  private final String name;
  private Optional<Open> open = Optional.empty();
  private Optional<Fiber> fiber = Optional.empty();
  private long nextAt;

  /** A physical connection with its slot, at one life of a node. */
  private record Open(Box box, Box.Life life, Session session, Slot slot) {}

  Application(World world, String name) {
    this.world = world;
    this.name = name;
  }

  long nextAt() {
    return fiber.isPresent() ? Long.MAX_VALUE : nextAt;
  }

  boolean isBusy() {
    return fiber.isPresent();
  }

  /** The last transaction has ended, one way or the other. */
  void ended() {
    fiber = Optional.empty();
    nextAt = world.now() + world.random().nextLong(20_000_000);
  }

  /** What a transaction does: to which lists it adds its number, and whether its record is long. */
  record Order(List<Long> keys, boolean isLong) {}

  /** Somebody's transaction, by chance. */
  Order anyOrder() {
    TreeSet<Long> keys = new TreeSet<>();
    keys.add((long) world.random().nextInt(world.plan().keys()));
    keys.add((long) world.random().nextInt(world.plan().keys()));
    List<Long> order = new ArrayList<>(keys);
    if (world.random().nextInt(4) == 0) {
      java.util.Collections.reverse(order);
    }
    return new Order(order, world.random().nextInt(8) == 0);
  }

  /** Where it waits; empty if it does not. */
  Optional<String> waitsAt() {
    return fiber
        .map(f -> f.carrier)
        .map(carrier -> "an application still waits at " + carrier.place());
  }

  void begin(Box box, Box.Life life, Order order) {
    if (open.filter(o -> o.life() != life).isPresent()) {
      open = Optional.empty(); // The process is gone, and its connections with it.
    }
    fiber = Optional.of(world.baton().start(name, life, () -> transaction(box, life, order)));
    fiber.get().whenOver(this::ended);
  }

  private void transaction(Box box, Box.Life life, Order order) {
    Ledger.Entry entry = world.ledger().begin(box, world.plan().mode());
    entry.isLong = order.isLong();
    boolean answered = false;
    long began = world.now();
    try {
      Open connection = connect(box, life);
      List<Change> changes = work(connection.session(), entry.number, order.keys());
      int changesOfFollowing = life.followChanges;
      boolean followed = life.node.orElseThrow().isFollowed();
      String module = order.isLong() ? LONG_NAME : name;
      world.trace().say(name, () -> "commits " + entry.number + " at " + box.name);
      life.node
          .orElseThrow()
          .gate()
          .commit(
              connection.slot(),
              new Draft(new Client("", module, ""), changes),
              new RealConnection(connection.session()));
      answered = true;
      boolean stillFollowed =
          followed
              && life.node.orElseThrow().isFollowed()
              && changesOfFollowing == life.followChanges;
      world.ledger().acked(entry, stillFollowed && entry.mode != io.pollux.core.CommitMode.ASYNC);
    } catch (SQLException e) {
      answered = true;
      disconnect();
      String why = e.getSQLState() + " " + e.getMessage();
      if (!life.isAlive() || "08007".equals(e.getSQLState())) {
        world.ledger().unknown(entry, why);
      } else {
        world.ledger().failed(entry, why);
      }
    } finally {
      if (!answered) {
        world.ledger().unknown(entry, "its process ended");
        open = Optional.empty();
      }
    }
    world.waited(name, entry, world.now() - began);
  }

  private Open connect(Box box, Box.Life life) throws SQLException {
    if (open.filter(o -> o.session().isDead() || o.box() != box).isPresent()
        || world.random().nextInt(6) == 0) {
      disconnect();
    }
    if (open.isEmpty()) {
      Slot slot = life.node.orElseThrow().gate().openSlot();
      open = Optional.of(new Open(box, life, box.database.connect(true), slot));
    }
    return open.get();
  }

  private void disconnect() {
    open.ifPresent(
        o -> {
          o.session().close();
          o.slot().close();
        });
    open = Optional.empty();
  }

  private List<Change> work(Session session, long number, List<Long> keys) throws SQLException {
    List<Change> changes = new ArrayList<>();
    for (long key : keys) {
      int count = SimSql.update(session, SimSql.APPEND, new Object[] {null, number, key});
      changes.add(
          new Change.Statement(
              "",
              TABLE,
              SimSql.APPEND,
              List.of(
                  new Change.ParameterSet(
                      List.of(new SqlValue.Whole(number), new SqlValue.Whole(key)), count))));
      world.step(3);
    }
    return changes;
  }

  private record RealConnection(Session session) implements LocalCommit {
    @Override
    public Connection connection() {
      return SimJdbc.connection(session);
    }

    @Override
    public void commit() throws SQLException {
      session.commit();
    }

    @Override
    public void rollback() throws SQLException {
      session.rollback();
    }
  }
}
