package io.pollux.sim;

import io.pollux.core.CommitMode;
import io.pollux.core.Position;
import io.pollux.env.Disk;
import io.pollux.node.SimulatedNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Knows what the application was told and what the databases hold, and says at once when the two do
 * not go together (the invariants of FAULTS.md section 4).
 */
final class Ledger {
  private final World world;
  private final TreeMap<Long, Entry> entries = new TreeMap<>();

  /** What only the log of a node may have, since a copy has replaced its database. */
  private final Map<Box, Set<Long>> inDoubt = new HashMap<>();

  private final Map<SimDatabase, TreeSet<Long>> present = new HashMap<>();
  private final TreeMap<Long, String> ackers = new TreeMap<>();
  private final Set<Long> reigns = new TreeSet<>();
  private long newestReign;
  private Optional<Box> newestReigning = Optional.empty();

  /** What the application knows of a transaction. */
  enum Told {
    NOTHING,
    COMMITTED,
    FAILED,
    UNKNOWN
  }

  /** One transaction of the application. */
  static final class Entry {
    final long number;
    final Box box;
    final CommitMode mode;
    final long began;
    Told told = Told.NOTHING;
    long epoch;

    /** Whether its record goes to the log before the local commit in every mode. */
    boolean isLong;

    /** Whether the promise of the mode was given in full: a peer took part. */
    boolean isStrong;

    /** Its loss was within what the mode promises, or an operator's choice. */
    boolean isExcused;

    /** Nodes whose log or database had it and lost it in a crash. */
    final Set<String> lostBy = new TreeSet<>();

    Entry(long number, Box box, CommitMode mode, long began) {
      this.number = number;
      this.box = box;
      this.mode = mode;
      this.began = began;
    }

    @Override
    public String toString() {
      return "transaction "
          + number
          + " (at "
          + box.name
          + ", epoch "
          + epoch
          + ", "
          + mode
          + ", "
          + told
          + (isStrong ? ", peer took part" : "")
          + (lostBy.isEmpty() ? "" : ", lost by " + lostBy)
          + ")";
    }
  }

  Ledger(World world) {
    this.world = world;
  }

  Entry begin(Box box, CommitMode mode) {
    Entry entry = new Entry(entries.size() + 1, box, mode, world.now());
    entries.put(entry.number, entry);
    return entry;
  }

  long count(Told told) {
    return entries.values().stream().filter(e -> e.told == told).count();
  }

  private Set<Long> present(SimDatabase database) {
    return present.computeIfAbsent(database, key -> new TreeSet<>());
  }

  boolean has(Box box, long number) {
    return present(box.database).contains(number);
  }

  /** A transaction of the database was committed. */
  void committed(SimDatabase database, Map<String, Optional<Object>> changes) {
    Set<Long> here = present(database);
    Optional<SimSql.SlotImage> slot = Optional.empty();
    TreeSet<Long> added = new TreeSet<>();
    for (Map.Entry<String, Optional<Object>> change : changes.entrySet()) {
      if (change.getKey().startsWith("t/")) {
        List<Long> list = SimSql.list(change.getValue());
        requireOnce(database, change.getKey(), list);
        for (int i = list.size() - 1; i >= 0 && !here.contains(list.get(i)); i--) {
          added.add(list.get(i));
        }
      } else if (change.getKey().startsWith("slot/")) {
        slot = change.getValue().map(SimSql.SlotImage.class::cast);
      }
    }
    for (long number : added) {
      Entry entry = entries.get(number);
      slot.ifPresent(row -> entry.epoch = row.epoch());
      if (entry.told == Told.FAILED) {
        throw new Violation("GHOST: " + entry + " appears in the database of " + database.name);
      }
    }
    here.addAll(added);
  }

  private static void requireOnce(SimDatabase database, String key, List<Long> list) {
    if (Set.copyOf(list).size() != list.size()) {
      throw new Violation("TWICE: " + key + " of " + database.name + " is " + list);
    }
  }

  void failed(Entry entry, String why) {
    entry.told = Told.FAILED;
    world.trace().say("app", () -> "is told that " + entry.number + " failed: " + why);
    for (Box box : world.boxes()) {
      if (has(box, entry.number)) {
        throw new Violation("GHOST: " + entry + " is in the database of " + box.name);
      }
    }
  }

  void unknown(Entry entry, String why) {
    entry.told = Told.UNKNOWN;
    world.trace().say("app", () -> "does not know about " + entry.number + ": " + why);
  }

  /**
   * @param isStrong whether the node says that its commits wait for the peer
   */
  void acked(Entry entry, boolean isStrong) {
    entry.told = Told.COMMITTED;
    entry.isStrong = isStrong;
    world.trace().say("app", () -> entry.number + " is committed" + (isStrong ? ", peer too" : ""));
    String first = ackers.putIfAbsent(entry.epoch, entry.box.name);
    if (first != null && !first.equals(entry.box.name)) {
      throw new Violation("TWO-ACTIVE: " + entry + ", but " + first + " acknowledged in it before");
    }
    if (!has(entry.box, entry.number)) {
      throw new Violation("LOST: " + entry + " is not in the database that acknowledged it");
    }
    if (isStrong) {
      requirePromise(entry);
    }
    boolean superseded = newestReign > entry.epoch;
    if (superseded && !has(newestReigning.orElseThrow(), entry.number)) {
      excuse(entry, !isStrong, "acknowledged after epoch " + newestReign + " began");
    }
  }

  private void requirePromise(Entry entry) {
    Box peer = world.other(entry.box);
    Optional<Position> there = peer.logView.position(entry.number);
    Optional<SimulatedNode> node = peer.node();
    if (entry.mode != CommitMode.APPLIED && has(peer, entry.number)) {
      return; // A full copy may have brought it, with a log that begins behind it.
    }
    if (entry.mode == CommitMode.APPLIED && peer.copiedAt >= entry.began) {
      return; // The copy was taken before; the peer applies it again.
    }
    if (peer.since() > entry.began) {
      return; // It has crashed since it took part; what it must have is asked when it reigns.
    }
    boolean kept =
        switch (entry.mode) {
          case ASYNC -> true;
          case RECEIVED ->
              there.isPresent()
                  && node.filter(n -> !n.log().written().isBefore(there.get())).isPresent();
          case DURABLE ->
              there.isPresent()
                  && node.map(n -> !n.log().forced().isBefore(there.get())).orElse(true);
          case APPLIED -> has(peer, entry.number);
        };
    if (!kept) {
      throw new Violation("UNCONFIRMED: " + entry + "; the peer's log has it at " + there);
    }
  }

  private void excuse(Entry entry, boolean allowed, String why) {
    if (!allowed) {
      throw new Violation("LOST: " + entry + ": " + why);
    }
    entry.isExcused = true;
    world.trace().say("ledger", () -> "lets " + entry + " go: " + why);
  }

  /** A node is about to lose what a crash takes: remembers what it had. */
  Set<Long> holdings(Box box) {
    TreeSet<Long> all = new TreeSet<>(box.logView.standing());
    all.addAll(present(box.database));
    return all;
  }

  /** After a crash, when its log is open again. */
  void recovered(Box box, Set<Long> before) {
    Set<Long> log = box.logView.standing();
    for (long number : before) {
      boolean lost = !has(box, number) && (!log.contains(number) || world.plan().weak());
      if (lost) {
        entries.get(number).lostBy.add(box.name);
      }
    }
  }

  /** The database is another one than before: after a crash, or after a copy. */
  void reread(SimDatabase database) {
    Set<Long> here = present(database);
    here.clear();
    database.rows("t/").values().forEach(row -> here.addAll(SimSql.list(Optional.of(row))));
  }

  /** A copy has replaced a node's database: nothing that only it had may be gone (I6). */
  void replaced(Box box, Set<Long> before) {
    reread(box.database);
    Set<Long> kept = new TreeSet<>(present(box.database));
    Box source = world.other(box);
    kept.addAll(source.logView.known()); // Also what it has aborted: that is no surplus.
    kept.addAll(present(source.database));
    Set<Long> orphans = orphans(box);
    TreeSet<Long> gone = new TreeSet<>(before);
    gone.removeAll(kept);
    gone.removeAll(orphans);
    inDoubt.put(box, gone);
  }

  /** The log that goes with a copy is open: it may be the one of before, with all that it had. */
  void reopened(Box box) {
    Set<Long> gone = inDoubt.remove(box);
    if (gone != null) {
      gone.removeAll(box.logView.standing());
      gone.forEach(
          number -> {
            throw new Violation(
                "DISCARDED: "
                    + entries.get(number)
                    + " was replaced on "
                    + box.name
                    + " unexported");
          });
    }
  }

  private static Set<Long> orphans(Box box) {
    Set<Long> numbers = new TreeSet<>();
    try {
      for (String name : box.orphans.list()) {
        try (Disk.StoredFile file = box.orphans.openToRead(name)) {
          ByteBuffer content = ByteBuffer.allocate((int) file.size());
          int unused = file.read(content, 0);
          content.flip();
          while (content.remaining() > 12) {
            content.getLong();
            byte[] body = new byte[content.getInt()];
            content.get(body);
            LogView.transaction(LogView.decode(body))
                .ifPresent(t -> numbers.add(LogView.number(t)));
          }
        }
      }
    } catch (IOException e) {
      throw new AssertionError("memory does not fail", e);
    }
    return numbers;
  }

  /** A node takes writes from now on. */
  void reigns(Box box, long epoch, boolean alone) {
    boolean fresh = reigns.add(epoch);
    for (Entry entry : entries.values()) {
      if (entry.told == Told.COMMITTED
          && !entry.isExcused
          && entry.epoch <= epoch
          && !has(box, entry.number)) {
        judge(entry, box, epoch, fresh, alone);
      }
    }
    if (epoch > newestReign) {
      newestReign = epoch;
      newestReigning = Optional.of(box);
    }
  }

  private void judge(Entry entry, Box box, long epoch, boolean fresh, boolean alone) {
    boolean lostHere = entry.lostBy.contains(box.name);
    boolean lostThere = entry.lostBy.contains(world.other(box).name);
    boolean allowed =
        entry.isStrong
            ? lostHere && mayLose(entry, fresh || alone || lostThere)
            : fresh || lostHere;
    excuse(entry, allowed, box.name + " reigns in epoch " + epoch + " without it");
  }

  /**
   * A receipt promises one disk of two. A weak database may lose what the log then only knows as
   * undecided.
   */
  private boolean mayLose(Entry entry, boolean twice) {
    boolean decidedFirst = entry.mode == CommitMode.RECEIVED && !entry.isLong;
    return decidedFirst ? twice : world.plan().weak();
  }

  /** The world is at rest: both nodes must have what was acknowledged, and the same. */
  void settled(Box active) {
    for (Entry entry : entries.values()) {
      if (entry.told == Told.COMMITTED && !entry.isExcused && !has(active, entry.number)) {
        throw new Violation("LOST: " + entry + " is not in the database of " + active.name);
      }
    }
    requireEqual("at rest");
  }

  void requireEqual(String when) {
    SortedMap<String, Object> a = world.boxes().get(0).database.rows("t/");
    SortedMap<String, Object> b = world.boxes().get(1).database.rows("t/");
    if (!a.equals(b)) {
      List<String> differ = new ArrayList<>();
      TreeSet<String> keys = new TreeSet<>(a.keySet());
      keys.addAll(b.keySet());
      for (String key : keys) {
        if (!String.valueOf(a.get(key)).equals(String.valueOf(b.get(key)))) {
          differ.add(key + ": " + a.get(key) + " and " + b.get(key));
        }
      }
      throw new Violation("DIVERGED: " + when + ", the databases differ: " + differ);
    }
  }
}
