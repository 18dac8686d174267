package io.pollux.driver;

import io.pollux.commit.CommitGate;
import io.pollux.commit.Draft;
import io.pollux.commit.LocalCommit;
import io.pollux.commit.Slot;
import io.pollux.core.Change;
import io.pollux.core.Stamp;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Commits for real, and keeps what was committed in the order of the commits. */
final class RecordingGate implements CommitGate {
  private final List<Place> drafts = new ArrayList<>();

  /** Each transaction has its own, though two may be alike. */
  private static final class Place {
    private final Draft draft;

    Place(Draft draft) {
      this.draft = draft;
    }
  }

  private final AtomicInteger openSlots = new AtomicInteger();
  private volatile SqlWork<?> beforeSlot = () -> null;
  private volatile SQLException refusal;
  private volatile SQLException failure;

  @Override
  public Slot openSlot() throws SQLException {
    if (refusal != null) {
      throw refusal;
    }
    beforeSlot.run();
    openSlots.incrementAndGet();
    return new Slot() {

      @Override
      public void close() {
        openSlots.decrementAndGet();
      }
    };
  }

  /** The place in the list is taken before the commit, while the row locks are held. */
  @Override
  public void commit(Slot slot, Draft draft, LocalCommit local) throws SQLException {
    if (failure != null) {
      local.rollback();
      throw failure;
    }
    if (local.definition().isPresent()) {
      local.definition().get().run(new Stamp(1, 1, drafts().size() + 1L));
    }
    Place place = new Place(draft);
    synchronized (drafts) {
      drafts.add(place);
    }
    boolean committed = false;
    try {
      local.commit();
      committed = true;
    } finally {
      if (!committed) {
        synchronized (drafts) {
          drafts.remove(place);
        }
      }
    }
  }

  /** Runs when the next slot is opened: after a statement has its plan and before it runs. */
  void beforeSlot(SqlWork<?> work) {
    this.beforeSlot = work;
  }

  /** Every write is refused from now on; null: no more. */
  void refuse(SQLException refusal) {
    this.refusal = refusal;
  }

  /** Every commit rolls back from now on; null: no more. */
  void fail(SQLException failure) {
    this.failure = failure;
  }

  int openSlots() {
    return openSlots.get();
  }

  List<Draft> drafts() {
    synchronized (drafts) {
      return drafts.stream().map(place -> place.draft).toList();
    }
  }

  /** All changes of all transactions, then forgets them. */
  List<Change> take() {
    synchronized (drafts) {
      List<Change> changes =
          drafts.stream().flatMap(place -> place.draft.changes().stream()).toList();
      drafts.clear();
      return changes;
    }
  }
}
