package io.pollux.node;

import io.pollux.commit.CommitOrder;
import io.pollux.core.Activity;
import io.pollux.core.Position;
import io.pollux.runtime.Standing;
import io.pollux.runtime.World;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/** This node, for its runtime state. On the loop. */
final class RuntimeWorld implements World {
  private final NodeAssembly node;
  private final Following following;
  private final Supplier<Optional<CommitOrder>> order;

  RuntimeWorld(NodeAssembly node, Following following, Supplier<Optional<CommitOrder>> order) {
    this.node = Objects.requireNonNull(node, "node");
    this.following = Objects.requireNonNull(following, "following");
    this.order = Objects.requireNonNull(order, "order");
  }

  @Override
  public Activity activity() {
    return node.core().activity();
  }

  @Override
  public boolean isFollowing() {
    return node.core().state().activity() != Activity.ACTIVE
        && node.core().state().promotion().isEmpty();
  }

  @Override
  public Standing standing() {
    NodeStatus status = node.status();
    return new Standing(
        status.activity(),
        status.activityReason(),
        status.sync(),
        status.syncReason(),
        status.peer().filter(peer -> peer.link() == NodeStatus.Link.CONNECTED).isPresent(),
        status.peer().map(NodeStatus.Peer::reason).orElse("an independent node has no peer"));
  }

  @Override
  public Position end() {
    return node.parts().journal.end();
  }

  @Override
  public Position applied() {
    return following.applied();
  }

  @Override
  public long epoch() {
    return node.parts().stored.epoch().number();
  }

  @Override
  public String whereToWrite() {
    return node.whereToWrite();
  }

  @Override
  public void whenLogged(Runnable task) {
    order.get().ifPresentOrElse(reign -> reign.whenAppended(task), task);
  }

  @Override
  public Executor worker(String name) {
    return node.worker(name);
  }
}
