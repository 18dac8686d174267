package io.pollux.node;

import io.pollux.apply.Applier;
import io.pollux.commit.NodeCommitGate;
import io.pollux.commit.Receipts;
import io.pollux.env.Disk;
import io.pollux.env.EventLoop;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/** What {@link Node} has built, for those who work with it on the loop. */
final class Parts {
  final NodeDirectory directory;

  /** Small files of the directory. */
  final Disk files;

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

  Parts(NodeDirectory directory, Outside outside, NodeConfig config, NodeDatabase database) {
    this.directory = directory;
    this.files = outside.files();
    this.config = config;
    this.loop = outside.loop();
    this.database = database;
  }
}
