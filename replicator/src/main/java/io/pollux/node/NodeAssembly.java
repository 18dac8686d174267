package io.pollux.node;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pollux.apply.Applier;
import io.pollux.apply.JdbcTarget;
import io.pollux.apply.Target;
import io.pollux.codec.wire.DigestResult;
import io.pollux.codec.wire.Hello;
import io.pollux.commit.CommitGate;
import io.pollux.commit.NodeCommitGate;
import io.pollux.commit.Receipts;
import io.pollux.commit.SlotTexts;
import io.pollux.core.Activity;
import io.pollux.core.Availability;
import io.pollux.core.CommitMode;
import io.pollux.core.LogRecord;
import io.pollux.core.PolluxException;
import io.pollux.core.PolluxException.Reason;
import io.pollux.core.Position;
import io.pollux.core.Role;
import io.pollux.env.EventLoop;
import io.pollux.link.Handshake;
import io.pollux.link.Link;
import io.pollux.link.LinkSettings;
import io.pollux.log.LogHead;
import io.pollux.log.StatementLog;
import io.pollux.pair.PairEvent;
import io.pollux.runtime.Redundancy;
import io.pollux.runtime.RuntimeDesk;
import io.pollux.tls.KeyFile;
import io.pollux.verify.Sweep;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;

/** The parts of a node put together. On the loop unless said otherwise. */
final class NodeAssembly {
  private static final System.Logger LOG = System.getLogger(NodeAssembly.class.getName());
  private static final Duration RESOLVE_EVERY = Duration.ofSeconds(1);
  private static final int MISSES = 10;

  private final Parts parts;
  private final Outside outside;
  private final LinkSettings linkSettings;
  private final NodeDatabase.Kind kind;
  private final Workbench bench;
  private final NodeCore core;
  private final Following following;
  private final CopyDesk copies;
  private final VerifyRelay verifyRelay;
  private final PeerDesk peer;
  private final Directions directions;
  private final StatusDesk statusDesk;
  private final RuntimeDesk runtime;
  private final Optional<NodeNetwork> network;
  private final InventedNames names;
  private final Answers answers;
  private final Retention retention;
  private volatile String whereToWrite = "this node is starting";
  private volatile boolean goesAlone;

  NodeAssembly(
      Node.NodeSetup setup,
      Outside outside,
      NodeDatabase database,
      JdbcTarget target,
      Consumer<Throwable> failed)
      throws PolluxException, IOException {
    this.outside = outside;
    EventLoop loop = outside.loop();
    parts = new Parts(setup.directory(), outside, setup.config(), database);
    parts.failed = failed::accept;
    parts.copying = outside.copying();
    goesAlone = goesAlone();
    parts.work = new Workbench(loop, outside.applying(), parts.failed);
    bench = new Workbench(loop, outside.copying(), parts.failed);
    parts.stored = Ownership.claim(outside.files(), setup.config(), database);
    kind = database.kind();
    parts.applier =
        new Applier(loop, outside.applying(), () -> parts.journal.log(), target, new Progress());
    parts.journal = new Journal(loop, outside.log(), this::openLog, parts.applier::learn);
    parts.receipts = new Receipts(outside.patience());
    parts.gate = gate(database);
    Reigning reigning = new Reigning(parts);
    answers = new Answers(setup.config().repair());
    names =
        new InventedNames(
            loop, bench, target::inventedNames, database.directory(), this::needsCopy);
    following =
        new Following(
            parts,
            new Orphans(outside.orphans()),
            epoch -> step(new PairEvent.EpochSeen(epoch)),
            this::needsCopy,
            this::isCopyDue);
    core = new NodeCore(parts, reigning, following, new Around());
    Sweep verify =
        new Sweep(
            new ReigningNode(parts, outside.comparing(), reigning::order),
            new Sweep.Settings(
                setup.config().sweep() == NodeConfig.Sweeping.ON, setup.config().sweepPause()));
    verifyRelay = new VerifyRelay(verify, reigning::order);
    Installation installation =
        new Installation(parts, target, this::replaceLog, following::keepUnless);
    runtime = new RuntimeDesk(loop, new RuntimeWorld(this, following, reigning::order));
    copies = new CopyDesk(parts, bench, installer(installation), verify::copied);
    linkSettings = linkSettings(setup.config());
    network = network(setup.config());
    PeerDesk.Desks desks =
        new PeerDesk.Desks(core, following, copies, verify, verifyRelay, runtime, network);
    peer = new PeerDesk(parts, linkSettings, desks);
    directions = new Directions(parts, core, peer);
    retention =
        new Retention(
            parts, outside.logSettings().segmentBytes(), core::activity, peer::appliedEverywhere);
    statusDesk = new StatusDesk(parts, desks, peer, reigning::order, setup.embedded());
  }

  /** Before a backup has joined there is nobody who could take over. */
  private boolean goesAlone() {
    return parts.config.availability().commitsAlone() || parts.config.peer().isEmpty();
  }

  private final class Standing implements NodeCommitGate.Standing {
    @Override
    public String whereToWrite() {
      return whereToWrite;
    }

    @Override
    public boolean goesAlone() {
      return goesAlone;
    }
  }

  private final class Around implements NodeCore.Surroundings {
    @Override
    public void adopt() {
      peer.adopt();
    }

    @Override
    public CopyDesk copies() {
      return copies;
    }

    @Override
    public boolean isPeerCopyDue() {
      return peer.isPeerCopyDue();
    }

    @Override
    public void draining() {
      runtime.draining();
    }

    @Override
    public void stepped() {
      NodeAssembly.this.stepped();
    }
  }

  private static LinkSettings linkSettings(NodeConfig config) {
    return new LinkSettings(
        config.failoverTimeout().dividedBy(MISSES), MISSES, LinkSettings.DEFAULT.windowBytes());
  }

  private Optional<NodeNetwork> network(NodeConfig config) throws PolluxException, IOException {
    return config.role() == Role.INDEPENDENT
        ? Optional.empty()
        : Optional.of(
            new NodeNetwork(
                parts, this::newLink, outside.gates().open(parts, bench, this::joined)));
  }

  private CopyDesk.Installer installer(Installation installation) {
    return (root, begin, installed) -> {
      following.pause();
      installation.install(
          root,
          begin,
          () -> {
            names.settled();
            runtime.replaced();
            installed.run();
            following.begin(core::report);
          });
    };
  }

  private StatementLog openLog(StatementLog.Visitor visitor) throws PolluxException {
    return StatementLog.open(
        outside.log(),
        parts.loop,
        outside.writing(),
        outside.logSettings(),
        visitor,
        parts.failed::accept);
  }

  private void replaceLog(LogHead base) throws PolluxException {
    StatementLog.replace(outside.log(), outside.logSettings(), base);
  }

  private NodeCommitGate gate(NodeDatabase database) {
    return new NodeCommitGate(
        new NodeCommitGate.Settings(
            parts.config.id(),
            parts.config.commit(),
            parts.config.receiptTimeout(),
            SlotTexts.of(database.dialect()),
            database.dialect().systemTables().maxPayloadBytes()),
        parts.loop.clock(),
        outside.patience(),
        parts.journal,
        parts.receipts,
        new Standing());
  }

  Parts parts() {
    return parts;
  }

  NodeCore core() {
    return core;
  }

  /** Any thread. */
  CommitGate gate() {
    return parts.gate;
  }

  /** Any thread. */
  CommitGate gate(CommitMode mode) {
    return parts.gate.in(mode);
  }

  void mark(String text) {
    if (core.activity() == Activity.ACTIVE) {
      parts.journal.append(new LogRecord.Mark(parts.config.id(), text, parts.loop.clock().now()));
    }
  }

  /** Any thread. {@code settled} completes when the node is WARM or ACTIVE. */
  void start(CompletableFuture<Void> settled) {
    parts.loop.execute(
        () -> {
          try {
            parts.journal.listen(peer::appended, this::logForced);
            core.whenSettled(() -> settled.complete(null));
            if (network.isPresent()) {
              network.orElseThrow().start();
            }
            resolveFromTimeToTime();
            if (parts.config.availability() == Availability.FIRST) {
              LOG.log(Level.WARNING, "{0}", StatusDesk.AVAILABILITY_FIRST);
            }
            step(new PairEvent.Started());
          } catch (PolluxException e) {
            parts.failed.accept(e);
          }
        });
  }

  private void resolveFromTimeToTime() {
    parts.loop.schedule(
        RESOLVE_EVERY,
        () -> {
          if (parts.gate.unknownOutcomes() > 0) {
            bench.run(
                () -> {
                  parts.gate.resolve();
                  return true;
                },
                done -> {});
          }
          resolveFromTimeToTime();
        });
  }

  private void step(PairEvent event) {
    core.step(event);
  }

  /** After every step of the pair. */
  private void stepped() {
    whereToWrite = directions.describe();
    if (core.state().activity() == Activity.ACTIVE) {
      names.settled();
      copies.cancel();
    }
    runtime.changed();
  }

  private Link newLink() {
    return new Link(parts.loop, linkSettings, this::hello, () -> parts.journal.end().index(), peer);
  }

  private Hello hello() {
    return Hello.newBuilder()
        .setProtocol(Handshake.PROTOCOL)
        .setGroup(parts.config.group())
        .setNode(parts.config.id())
        .setName(parts.config.name())
        .setRole(parts.config.role().name())
        .setEngine(parts.database.dialect().name())
        .setEngineVersion(kind.engineVersion())
        .putAllSettings(kind.settings())
        .setIncarnation(parts.stored.copying() ? "" : parts.stored.incarnation())
        .setReport(core.currentReport())
        .build();
  }

  private void joined(NodeConfig.Peer newPeer) {
    try {
      parts.config = parts.config.withPeer(newPeer);
      goesAlone = goesAlone();
      ConfigFile.write(parts.directory.configFile(), parts.config);
    } catch (IOException e) {
      parts.failed.accept(e);
    }
  }

  private void needsCopy(String reason) {
    copies.want(reason);
  }

  private boolean isCopyDue() {
    return copies.isWanted() || names.isCopyDue();
  }

  private void logForced() {
    parts.applier.advance();
    following.sendReceipt();
    retention.check();
  }

  private final class Progress implements Applier.Listener {
    @Override
    public void applied(Position position) {
      names.applied();
      runtime.applied(position);
      following.sendReceipt();
    }

    @Override
    public void compared(Position position, LogRecord.Digest digest, Target.Verdict verdict) {
      answers.answer(peer.link(), position, digest.table(), verdict);
    }

    @Override
    public void repaired(Position position, LogRecord.Repair repair, Target.Verdict verdict) {
      answers.answer(peer.link(), position, repair.table(), verdict);
      if (repair.scope() == LogRecord.Scope.COPY && answers.wantsRepair()) {
        needsCopy(repair.reason());
        following.sendReceipt();
      }
    }

    @Override
    public void poisoned(Position position, String reason) {
      LOG.log(Level.ERROR, "{0}; this node has DIVERGED", reason);
      following.sendReceipt();
    }
  }

  /** Any thread. */
  Redundancy redundancy() {
    return runtime.redundancy();
  }

  /** Any thread. */
  Executor worker(String name) {
    return outside.calling().apply(name);
  }

  /** For people: which node is active. Any thread. */
  String whereToWrite() {
    return whereToWrite;
  }

  NodeStatus status() {
    return statusDesk.status();
  }

  void afterPing(Runnable task) {
    peer.afterPing(task);
  }

  CompletableFuture<List<DigestResult>> verify() {
    return verifyRelay.verify(peer.link());
  }

  CompletableFuture<Void> command(PairEvent event) {
    return core.command(event);
  }

  /** Replaces this node's database by a copy of the active one's. */
  CompletableFuture<Void> resync(String reason) {
    if (core.activity() == Activity.ACTIVE || peer.link().isEmpty()) {
      return CompletableFuture.failedFuture(
          new PolluxException(
              Reason.NOT_ACTIVE,
              "can't replace this node's data: "
                  + (peer.link().isEmpty()
                      ? "no active node is connected"
                      : "it is the active one; run 'pollux resync' on the other node")));
    }
    try {
      following.keepAll();
    } catch (PolluxException e) {
      return CompletableFuture.failedFuture(e);
    }
    needsCopy(reason);
    return CompletableFuture.completedFuture(null);
  }

  /** Any thread. */
  String token(Duration validity) throws PolluxException {
    return network
        .flatMap(NodeNetwork::admission)
        .orElseThrow(
            () ->
                new PolluxException(
                    Reason.BAD_CONFIGURATION,
                    "an independent node issues no tokens; make a master with 'pollux init'"))
        .token(validity);
  }

  CompletableFuture<ObjectNode> rotate(Optional<KeyFile> key) {
    return identities(desk -> desk.rotate(peer.link(), key));
  }

  CompletableFuture<ObjectNode> revoke(String who) {
    return identities(desk -> desk.revoke(who, peer.link()));
  }

  CompletableFuture<ObjectNode> identity() {
    return identities(desk -> CompletableFuture.completedFuture(desk.show()));
  }

  private CompletableFuture<ObjectNode> identities(
      Function<IdentityDesk, CompletableFuture<ObjectNode>> task) {
    return network
        .flatMap(NodeNetwork::admission)
        .map(Admission::identities)
        .map(task)
        .orElseGet(
            () ->
                CompletableFuture.failedFuture(
                    new PolluxException(
                        Reason.BAD_CONFIGURATION,
                        "an independent node has no identity; make a master with 'pollux init'")));
  }

  /** The node has failed: whoever waits for it is told. Any thread. */
  void failed(Exception error) {
    parts.journal.failed(error);
    parts.receipts.lost();
    core.fail();
    runtime.failed();
    disconnect(); // A peer that goes on hearing pings would take this node for alive.
  }

  /** Any thread: no commit begins any more, and the peer hears that this node stops. */
  void stop() {
    parts.gate.shut();
    parts.loop.execute(
        () -> {
          core.stop();
          runtime.stop();
          peer.link().ifPresent(link -> link.close("the node stops"));
        });
  }

  /** Any thread: the peer hears nothing more. */
  void disconnect() {
    network.ifPresent(NodeNetwork::close);
  }

  /** Lets the group under way end and closes the log; {@code done} runs then. */
  void close(Runnable done) {
    parts.applier.stop(() -> parts.journal.log().close(done));
  }
}
