package io.pollux.driver;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** One node for each canonical node directory in this JVM, whoever opens it. Any thread. */
final class NodeRegistry {
  private final NodeSource source;

  /** Guarded by this. */
  private final Map<Path, Entry> running = new LinkedHashMap<>();

  /** A node and who asked for it: drivers and data sources. */
  private record Entry(NodeHandle handle, Set<Object> holders) {}

  NodeRegistry(NodeSource source) {
    this.source = source;
  }

  static NodeRegistry ofThisProcess() {
    return OfThisProcess.NODES;
  }

  private static final class OfThisProcess {
    private static final NodeRegistry NODES = new NodeRegistry(new EmbeddedNodes());
  }

  /** The node of a URL, started if need be. It runs until all holders have released it. */
  synchronized NodeHandle open(PolluxUrl url, Object holder) throws SQLException {
    Path directory = canonical(source.directory(url.real(), url.directory()));
    Entry entry = running.get(directory);
    if (entry == null) {
      NodeHandle handle = NodeHandle.of(source.start(directory, url.real(), url.properties()));
      entry = new Entry(handle, new HashSet<>());
      running.put(directory, entry);
    }
    entry.holders().add(holder);
    return entry.handle();
  }

  /** Stops the node of a URL, whoever holds it; none is running: nothing happens. */
  void stop(PolluxUrl url) throws SQLException {
    Path directory = canonical(source.directory(url.real(), url.directory()));
    remove(directory).ifPresent(entry -> entry.handle().node().close());
  }

  /** Stops all nodes, whoever holds them. */
  void stopAll() {
    removeAll().forEach(entry -> entry.handle().node().close());
  }

  private synchronized List<Entry> removeAll() {
    List<Entry> all = List.copyOf(running.values());
    running.clear();
    return all;
  }

  /** Stops the nodes that only {@code holder} holds. */
  void release(Object holder) {
    removeHeldBy(holder).forEach(handle -> handle.node().close());
  }

  private synchronized Optional<Entry> remove(Path directory) {
    return Optional.ofNullable(running.remove(directory));
  }

  private synchronized List<NodeHandle> removeHeldBy(Object holder) {
    List<NodeHandle> released = new ArrayList<>();
    for (Iterator<Entry> entries = running.values().iterator(); entries.hasNext(); ) {
      Entry entry = entries.next();
      if (entry.holders().remove(holder) && entry.holders().isEmpty()) {
        released.add(entry.handle());
        entries.remove();
      }
    }
    return released;
  }

  /** Two spellings of a directory are one node; one that does not exist yet has a parent. */
  private static Path canonical(Path directory) throws SQLException {
    Path absolute = directory.toAbsolutePath().normalize();
    try {
      if (Files.exists(absolute)) {
        return absolute.toRealPath();
      }
    } catch (IOException e) {
      throw new SQLException(
          "resolving the node directory " + absolute + " failed: " + e.getMessage(), "08001", e);
    }
    Path parent = absolute.getParent();
    return parent == null ? absolute : canonical(parent).resolve(absolute.getFileName());
  }
}
