package io.pollux.node;

import io.pollux.core.PolluxException;
import io.pollux.env.Disk;
import io.pollux.env.EventLoop;
import io.pollux.env.Patience;
import io.pollux.env.Wire;
import io.pollux.log.LogSettings;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The world as a node's parts see it: time, threads, files, network. The simulation has its own.
 *
 * @param writing runs the log writer's tasks, in order
 * @param applying runs what works on the database, in order
 * @param copying runs what takes long, in order
 * @param comparing runs what reads the database to compare it, in order
 * @param calling a thread for the application's code, by its name
 * @param files of the node's directory
 * @param log the directory of the statement log
 */
record Outside(
    EventLoop loop,
    Executor writing,
    Executor applying,
    Executor copying,
    Executor comparing,
    Function<String, Executor> calling,
    Patience patience,
    Disk files,
    Disk log,
    Orphans.Shelf orphans,
    LogSettings logSettings,
    Gates gates) {

  /** Opens the way in for others; not asked by an independent node. */
  @FunctionalInterface
  interface Gates {
    /** {@code joined} hears on the loop of a node that was approved. */
    Entrance open(Parts parts, Workbench bench, Consumer<NodeConfig.Peer> joined)
        throws IOException, PolluxException;
  }

  /** How other nodes come in. */
  interface Entrance extends AutoCloseable {
    Wire wire();

    /** Under which keys the peer may show itself; empty if it is not trusted any more. */
    List<String> keys(NodeConfig.Peer peer);

    /** Who admits strangers and keeps the keys; empty in a world without either. */
    Optional<Admission> admission();

    @Override
    void close();
  }
}
