package io.pollux.node;

import io.pollux.apply.Applier;
import io.pollux.commit.NodeCommitGate;
import io.pollux.commit.Receipts;
import io.pollux.env.EventLoop;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/** What {@link Node} has built, for those who work with it on the loop. */
final class Parts {
  final NodeDirectory directory;
  NodeConfig config;
  final EventLoop loop;
  final NodeDatabase database;
  Workbench work;
  Executor copying;
  Journal journal;
  Receipts receipts;
  NodeCommitGate gate;
  Applier applier;
  StoredState stored;
  Consumer<Exception> failed;

  Parts(NodeDirectory directory, NodeConfig config, EventLoop loop, NodeDatabase database) {
    this.directory = directory;
    this.config = config;
    this.loop = loop;
    this.database = database;
  }
}
