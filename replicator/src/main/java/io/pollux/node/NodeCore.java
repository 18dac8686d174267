package io.pollux.node;

import io.pollux.codec.wire.LinkFrame;
import io.pollux.codec.wire.NodeReport;
import io.pollux.codec.wire.Switchover;
import io.pollux.core.Activity;
import io.pollux.core.Epoch;
import io.pollux.core.PolluxException;
import io.pollux.core.PolluxException.Reason;
import io.pollux.core.Role;
import io.pollux.link.Link;
import io.pollux.pair.PairAction;
import io.pollux.pair.PairEvent;
import io.pollux.pair.PairMachine;
import io.pollux.pair.PairState;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Runs {@link PairMachine} and performs what it says. On the loop. */
final class NodeCore {
  private static final System.Logger LOG = System.getLogger(NodeCore.class.getName());

  /** Within it a peer that is alive has connected again after its connection broke. */
  private static final Duration RECONNECT = Duration.ofSeconds(1);

  private final Parts parts;
  private final Reigning reigning;
  private final Following following;
  private final Yielding yielding;
  private final Surroundings surroundings;

  private PairState state;
  private volatile boolean failed;
  private Activity shown = Activity.COLD;
  private String reason = "starting";
  private Optional<Link> link = Optional.empty();
  private Optional<CompletableFuture<Void>> operator = Optional.empty();
  private final List<Runnable> settled = new ArrayList<>();

  /** What else of the node takes part in a step. */
  interface Surroundings {
    /** Fetches the tail that only the peer has, then reports {@link PairEvent.Adopted}. */
    void adopt();

    CopyDesk copies();

    /** Whether the follower waits for a copy that replaces what it has applied. */
    boolean isPeerCopyDue();

    /** A promotion begins to build on the log as it is. */
    void draining();

    /** A step was taken, or its consequence has come. */
    void stepped();
  }

  NodeCore(Parts parts, Reigning reigning, Following following, Surroundings surroundings) {
    this.parts = Objects.requireNonNull(parts, "parts");
    this.reigning = Objects.requireNonNull(reigning, "reigning");
    this.following = Objects.requireNonNull(following, "following");
    this.yielding = new Yielding(parts, reigning::order, surroundings::isPeerCopyDue);
    this.surroundings = Objects.requireNonNull(surroundings, "surroundings");
    StoredState stored = parts.stored;
    this.state =
        PairMachine.initial(
            parts.config.role(),
            stored.epoch(),
            stored.reigned() && !stored.copying(),
            parts.config.peer().isPresent());
  }

  /**
   * What this node is, as others may rely on it: ACTIVE only when it takes writes, and no longer
   * once it has agreed to follow, though its last commits are still under way.
   */
  Activity activity() {
    boolean leaving = shown == Activity.ACTIVE && state.activity() != Activity.ACTIVE;
    return leaving ? Activity.WARM : shown;
  }

  String reason() {
    return reason;
  }

  PairState state() {
    return state;
  }

  /** Runs {@code task} as soon as the node is WARM or ACTIVE. */
  void whenSettled(Runnable task) {
    settled.add(task);
    tellSettled();
  }

  private void tellSettled() {
    if (shown != Activity.COLD) {
      settled.forEach(Runnable::run);
      settled.clear();
    }
  }

  void connected(Link newLink) {
    link = Optional.of(newLink);
  }

  void disconnected() {
    link = Optional.empty();
  }

  /** The node has failed: whatever happens now, it does not become active. Any thread. */
  void fail() {
    failed = true;
  }

  void step(PairEvent event) {
    if (failed) {
      return;
    }
    PairMachine.Step step = PairMachine.step(state, event);
    state = step.state();
    step.actions().forEach(this::perform);
    surroundings.stepped();
  }

  /** An operator's command; the future ends when it is carried out or refused. */
  CompletableFuture<Void> command(PairEvent event) {
    CompletableFuture<Void> answer = new CompletableFuture<>();
    if (event instanceof PairEvent.PromoteAsked && parts.stored.copying()) {
      refuse(answer, "its database is being replaced by a copy; wait for its end");
      return answer;
    } else if (event instanceof PairEvent.PromoteAsked && parts.stored.incarnation().isEmpty()) {
      refuse(
          answer, "it has no data yet; connect it to the active node and wait for the first copy");
      return answer;
    } else if (operator.isPresent()) {
      refuse(answer, "another command is under way");
      return answer;
    }
    operator = Optional.of(answer);
    step(event);
    return answer;
  }

  private static void refuse(CompletableFuture<Void> answer, String why) {
    answer.completeExceptionally(
        new PolluxException(Reason.NOT_ACTIVE, "the command is refused: " + why));
  }

  /** A switchover has come to its end when the peer is active. */
  private void answer() {
    if (state.switching() == PairState.Switching.YIELDING) {
      return;
    }
    operator.ifPresent(answer -> answer.complete(null));
    operator = Optional.empty();
  }

  private void perform(PairAction action) {
    LOG.log(Level.DEBUG, "{0}: {1}", parts.config.name(), action);
    if (action instanceof PairAction.StartAllowance) {
      parts.loop.schedule(
          parts.config.startupAllowance(), () -> step(new PairEvent.AllowanceOver()));
    } else if (action instanceof PairAction.StartFailover failover) {
      LOG.log(Level.WARNING, "the active node is gone; takes over unless it comes back in time");
      parts.loop.schedule(
          patience(failover.loss()), () -> step(new PairEvent.FailoverDue(failover.number())));
    } else if (action instanceof PairAction.Adopt) {
      surroundings.adopt();
    } else if (action instanceof PairAction.Reign reign) {
      reigning.begin(reign, () -> show(Activity.ACTIVE, reign.reason()));
    } else if (action instanceof PairAction.Follow follow) {
      follow(follow);
    } else if (action instanceof PairAction.Drain) {
      drain();
    } else if (action instanceof PairAction.Refuse refused) {
      LOG.log(Level.WARNING, "no change of activity: {0}", refused.reason());
      boolean isPromoted = state.promotion().isPresent(); // Another command is refused meanwhile.
      if (state.activity() == Activity.WARM && !isPromoted) {
        following.attach();
        surroundings.copies().attach(link);
      }
      operator.ifPresent(answer -> refuse(answer, refused.reason()));
      operator = Optional.empty();
    } else if (action instanceof PairAction.Remember remember) {
      remember(remember.epoch(), false);
    } else {
      switchOver(action);
    }
  }

  private void switchOver(PairAction action) {
    if (action instanceof PairAction.AskToYield) {
      tell(Switchover.Step.ASK, "");
    } else if (action instanceof PairAction.Yield) {
      yielding.begin(this::step);
    } else if (action instanceof PairAction.Resume) {
      yielding.cancel();
    } else if (action instanceof PairAction.Offer) {
      tell(Switchover.Step.OFFER, "");
    } else if (action instanceof PairAction.Decline decline) {
      tell(Switchover.Step.DECLINE, decline.reason());
    } else if (action instanceof PairAction.SwitchedOver) {
      answer();
    }
  }

  private void tell(Switchover.Step step, String text) {
    link.ifPresent(
        l ->
            l.send(
                LinkFrame.newBuilder()
                    .setSwitchover(Switchover.newBuilder().setStep(step).setText(text))));
  }

  /** How long a peer that was lost in this way is waited for. */
  private Duration patience(PairEvent.Loss loss) {
    return switch (loss) {
      case SILENT -> Duration.ZERO;
      case BROKEN -> RECONNECT;
      case ANNOUNCED -> parts.config.failoverTimeout();
    };
  }

  private void follow(PairAction.Follow follow) {
    reigning.end();
    yielding.abandon();
    if (!follow.epoch().equals(parts.stored.epoch())) {
      remember(follow.epoch(), false);
    }
    parts.applier.stop(
        () ->
            following.begin(
                () -> {
                  show(Activity.WARM, follow.reason());
                  step(new PairEvent.Following());
                }));
  }

  private void drain() {
    Optional<String> hindrance = hindrance();
    if (hindrance.isPresent()) {
      step(new PairEvent.DrainFailed(hindrance.orElseThrow()));
      return;
    }
    following.detach();
    surroundings.draining();
    surroundings.copies().detach();
    try {
      reigning.decide(following.slots());
    } catch (PolluxException e) {
      parts.failed.accept(e);
      return;
    }
    parts.journal.whenForced(
        parts.journal.end(),
        () -> {
          following.startApplying();
          parts.applier.whenApplied(
              parts.journal.end(),
              () -> step(new PairEvent.Drained()),
              trouble -> step(new PairEvent.DrainFailed(trouble)));
        });
  }

  /** Why this node's data can't be built upon; an operator alone may choose those that differ. */
  private Optional<String> hindrance() {
    CopyDesk copies = surroundings.copies();
    boolean chosen = state.promotion().filter(p -> p.cause() == PairState.Cause.ASKED).isPresent();
    if (copies.isInstalling()) {
      return Optional.of("its database is being replaced by a copy; wait for its end");
    } else if (copies.isWanted() && !chosen) {
      return Optional.of("it waits for a full copy");
    }
    return following.hindrance();
  }

  private void remember(Epoch epoch, boolean mine) {
    StoredState next = parts.stored.withEpoch(epoch, mine);
    try {
      next.write(parts.files);
      parts.stored = next;
    } catch (IOException e) {
      parts.failed.accept(e);
    }
  }

  private void show(Activity activity, String why) {
    shown = activity;
    reason = why;
    LOG.log(
        Level.INFO,
        "node {0} is {1} in epoch {2}: {3}",
        parts.config.name(),
        activity,
        state.epoch(),
        why);
    answer();
    report();
    surroundings.stepped();
    tellSettled();
  }

  /** No commit is taken any more; the peer hears of it before the link ends. */
  void stop() {
    shown = Activity.COLD;
    surroundings.stepped();
    report();
  }

  void report() {
    link.ifPresent(l -> l.send(LinkFrame.newBuilder().setReport(currentReport())));
  }

  NodeReport currentReport() {
    return NodeReport.newBuilder()
        .setActivity(activity().name())
        .setEpoch(state.epoch().number())
        .setBoot(parts.stored.boot())
        .setWasActive(state.reigned())
        .setEnd(parts.journal.end().index())
        .setCommitMode(parts.config.commit().name())
        .setAvailability(parts.config.availability().name())
        .build();
  }

  boolean isPaired() {
    return parts.config.role() != Role.INDEPENDENT && state.paired();
  }
}
