package io.pollux.sim;

import io.pollux.core.CommitMode;
import java.util.List;

/**
 * What must be caught. The names in brackets are those of the protocol model (FAULTS.md section 3);
 * those marked "found" were in the code until a seed showed them.
 */
final class Variants {
  private static final String GATE = "commit.NodeCommitGate";
  private static final String APPLIER = "apply.Applier";
  private static final String TARGET = "apply.JdbcTarget";
  private static final String FOLLOWING = "node.Following";
  private static final String REIGNING = "node.Reigning";
  private static final String DATABASE = "node.NodeDatabase";
  private static final String CORE = "node.NodeCore";
  private static final String PEER = "node.PeerDesk";
  private static final String PAIR = "pair.PairMachine";

  static final List<Variant> ALL =
      List.of(
          Variant.without(
              "an undecided record is applied at once (R7)",
              APPLIER,
              "if (!undecided.isEmpty()) {",
              "undecided.keySet().forEach(at -> decisions.put(at, true));\n    if (false) {"),
          Variant.without(
              "an undecided record is passed over (R0)",
              APPLIER,
              "if (!undecided.isEmpty()) {",
              "if (false) {"),
          Variant.without(
              "an undecided record counts as aborted (R4)",
              REIGNING,
              ": new LogRecord.Commit(stamp)",
              ": new LogRecord.Abort(stamp, \"undecided\")"),
          Variant.without(
              "a promotion applies what it has not decided in the log (found)",
              REIGNING,
              "              : new LogRecord.Commit(stamp));",
              "              : new LogRecord.Mark(node, \"\", parts.loop.clock().now()));"),
          Variant.without(
                  "an error is told before ABORT is where PREPARE went (R6)",
                  GATE,
                  "if (!confirmed && receipts.mayBeAway(position)) {",
                  "if (false) {")
              .when(Strike.CUT, Strike.CUT_AND_OPERATE, Strike.OPERATE),
          Variant.without(
              "no ABORT is logged (R0)",
              GATE,
              ": new LogRecord.Abort(stamp, \"rolled back by the database\"))",
              ": new LogRecord.Mark(settings.node(), \"no abort\", clock.now()))"),
          Variant.without(
                  "the tail that only the peer has is not adopted (R8, W2x)",
                  PAIR,
                  "? Step.of(state, new PairAction.Adopt())",
                  "&& state.reigned() ? reign(state, state.epoch(), false, \"\")")
              .in(CommitMode.RECEIVED)
              .when(Strike.CRASH, Strike.LOSE_TAIL, Strike.SLOW_DISK),
          Variant.without(
              "the log is purged of what the peer may lack",
              "node.Retention",
              "Position until = first(wanted, everywhere.get().next());",
              "Position until = wanted;"),
          Variant.without(
                  "a copy begins behind what is not on disk (found)",
                  "node.CopyDesk",
                  "whenForced(\n        base,",
                  "whenForced(\n        Position.NONE,")
              .in("F50-power-cut-after-a-copy.txt"),
          Variant.without(
              "nothing is done again at a start (W2y, A1)",
              REIGNING,
              "redo(found, () -> arm(reign, mine, done));",
              "arm(reign, mine, done);"),
          Variant.without(
                  "recovery asks what is beyond the end of the log (A0, A2b)",
                  REIGNING,
                  "parts.journal.summary().lastStamp(node, slot).orElse(Stamp.NONE)",
                  "parts.journal.summary().highest()")
              .and(
                  "commit.CommitOrder",
                  "while (!open.isEmpty() && open.firstEntry().getValue().isPresent()) {\n"
                      + "      Map.Entry<Long, Optional<Fate>> first = open.pollFirstEntry();",
                  "for (Map.Entry<Long, Optional<Fate>> first : List.copyOf(open.entrySet())) {\n"
                      + "      if (first.getValue().isEmpty()) {\n        continue;\n      }\n"
                      + "      open.remove(first.getKey());")
              .and(
                  "commit.CommitOrder",
                  "open.firstEntry().getValue().isPresent();\n      drainScheduled |=",
                  "true;\n      drainScheduled |=")
              .in(CommitMode.RECEIVED),
          Variant.without(
                  "what the database alone has is not logged at a start",
                  REIGNING,
                  ".filter(row -> row.key().node().equals(node) && row.stamp().counter() > 0)",
                  ".filter(row -> false)")
              .in(CommitMode.RECEIVED),
          Variant.without(
                  "stamps are used again after a crash (A1r)",
                  "node.StoredState",
                  "new StoredState(incarnation, boot + 1,",
                  "new StoredState(incarnation, Math.max(1, boot),")
              .in("F02-killed-twice-before-the-record.txt"),
          Variant.without(
                  "the slot table is not compared at a return (R4, H5)",
                  FOLLOWING,
                  "return slots.orElseThrow().values().stream().filter(this::isUnknownToLog).toList();",
                  "return List.of();")
              .in(CommitMode.RECEIVED),
          Variant.without(
                  "a commit does not wait for the receipt (W2)",
                  GATE,
                  "if (mode == CommitMode.RECEIVED && isPeerDue) {",
                  "if (false) {")
              .in(CommitMode.RECEIVED),
          Variant.without(
                  "a slot is overwritten before its record is forced (fault 10)",
                  GATE,
                  "waits.forLog(CompletableFuture.anyOf(row.forced(), now.ending()));",
                  "")
              .and("commit.SlotPool", "MOST_ROWS = 32", "MOST_ROWS = 1")
              .in(CommitMode.RECEIVED),
          Variant.without(
              "an unknown outcome is asked for with a plain read (H4)",
              DATABASE,
              "update(connection, tables.lockSlot(), key.node(), key.slot());\n          try",
              "try"),
          Variant.without(
                  "slots are read while a session may still commit (found, H4)",
                  DATABASE,
                  "return in(this::lockedSlots);",
                  "return in(this::readSlots);")
              .in(CommitMode.RECEIVED),
          Variant.without(
              "a force forces nothing (fault 24)",
              "log.LogWriter",
              "  void force() throws IOException {\n    file.force();",
              "  void force() throws IOException {"),
          Variant.without(
              "the applied position is committed apart (H18)",
              TARGET,
              "    mark(upTo);\n    connection.commit();",
              "    connection.commit();\n    mark(upTo);\n    connection.commit();"),
          Variant.without(
              "a commit without answer is done again (found, H18)",
              TARGET,
              "Position applied = marker();",
              "Position applied = Position.NONE;"),
          Variant.without(
                  "what only this node had is not exported (I6)",
                  FOLLOWING,
                  "private List<String> keep(Position lastShared) throws PolluxException {",
                  "private List<String> keep(Position lastShared) throws PolluxException {\n"
                      + "    if (true) {\n      return List.of();\n    }")
              .in(CommitMode.RECEIVED),
          Variant.without(
                  "of several slots only one is exported (found, I6)",
                  FOLLOWING,
                  "kept.add(orphans.export(row));",
                  "kept.add(orphans.export(row));\n      break;")
              .in(CommitMode.RECEIVED)
              .when(Strike.CRASH_AND_OPERATE, Strike.LOSE_TAIL, Strike.SLOW_DISK),
          Variant.without(
              "the log of before a full copy is shipped (found)",
              PEER,
              "parts.journal::log,",
              "Optional.of(parts.journal.log())::orElseThrow,"),
          Variant.without(
                  "whether an error is certain depends on who follows now (found, H3)",
                  GATE,
                  "if (!confirmed && receipts.mayBeAway(position)) {",
                  "if (!confirmed && receipts.isFollowing()) {")
              .when(Strike.CUT, Strike.CUT_AND_OPERATE, Strike.OPERATE),
          Variant.without(
              "outcomes of the former log are kept after a copy (found)",
              "node.Installation",
              "parts.applier.forget();",
              ""),
          Variant.without(
                  "the slot of an unknown outcome is lent again (found)",
                  GATE,
                  "step.row().nextForced(known);",
                  "")
              .in(CommitMode.RECEIVED),
          Variant.without(
                  "a node that is promoted goes on following (found)",
                  CORE,
                  "following.detach();",
                  "")
              .when(
                  Strike.CUT_AND_OPERATE,
                  Strike.OPERATE,
                  Strike.CUT_PERHAPS_ONE_WAY,
                  Strike.SLOW_DISK),
          Variant.without(
                  "a change between greeting and greeting is not told (found)",
                  PEER,
                  "desks.core().report(); // What",
                  "// What")
              .when(Strike.RESET, Strike.OPERATE, Strike.SLOW_NETWORK),
          Variant.without(
                  "both nodes choose the next number as their epoch (found)",
                  PAIR,
                  "state.epoch().next(state.role())",
                  "new Epoch(state.epoch().number() + 1)")
              .in("F43-both-promoted-unheard.txt"),
          Variant.without(
                  "a copy's rows of one's own slots are believed (found)",
                  DATABASE,
                  "return update(connection, tables.armSlots(), 0L, 0L, owner.node());",
                  "return 0;")
              .in("F45-copy-knows-old-slots.txt"),
          Variant.without(
                  "a node that has stopped goes on talking (found)",
                  "node.NodeAssembly",
                  "disconnect(); // A peer",
                  "// A peer")
              .in("F23-stopped-node-is-silent.txt"),
          Variant.without(
                  "a failing rollback hides an unknown outcome (found)",
                  GATE,
                  "step.rollbackAfter(e); // What",
                  "step.rollback(); // What")
              .in("F07-rollback-fails-too.txt"),
          Variant.without(
                  "a reign takes commits before its record is forced (found)",
                  REIGNING,
                  "parts.journal.whenForced(position, ifStill(mine, then));",
                  "then.run();")
              .in("F46-no-commit-before-the-reign-is-forced.txt"),
          Variant.without(
                  "what was rolled back before later commits is done after them (found)",
                  REIGNING,
                  "boolean rolledBack = latest.isAfter(stamp)",
                  "boolean rolledBack = false && latest.isAfter(stamp)")
              .in(CommitMode.RECEIVED)
              .when(Strike.LOSE_TAIL, Strike.LOSE_TAIL, Strike.CRASH),
          Variant.without(
              "a node without data may be promoted (found)",
              CORE,
              "parts.stored.incarnation().isEmpty()",
              "parts.stored.incarnation().equals(\"none\")"),
          Variant.without(
              "the epoch is not remembered before its first commit",
              REIGNING,
              "      next.write(parts.files);",
              "      parts.stored.write(parts.files);"));

  private Variants() {}
}
