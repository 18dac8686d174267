package io.pollux.tls;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The nodes that may take part, by fingerprint: the file {@code trusted} in the identity directory,
 * one line {@code fingerprint name} each. Thread-safe; a change is durable when its method returns.
 * One process at a time changes the file: the owner of the node's directory.
 */
public final class TrustList {
  private static final int MAX_NODES = 1024;
  private final Path file;
  private final Map<Fingerprint, String> names; // guarded by this

  private TrustList(Path file, Map<Fingerprint, String> names) {
    this.file = file;
    this.names = names;
  }

  /**
   * Reads the list of an identity directory; without a file it is empty.
   *
   * @throws IOException if a line is damaged or the file is open to others: nothing is skipped
   */
  public static TrustList load(Path directory) throws IOException {
    Path file = directory.resolve("trusted");
    Map<Fingerprint, String> names = new LinkedHashMap<>();
    if (Files.exists(file)) {
      String text = new String(PrivateFile.read(file), StandardCharsets.UTF_8);
      int number = 0;
      for (String line : text.lines().toList()) {
        number++;
        readLine(line, names, file + " line " + number);
      }
    }
    return new TrustList(file, names);
  }

  private static void readLine(String line, Map<Fingerprint, String> names, String where)
      throws IOException {
    String[] words = line.split(" ", -1);
    if (words.length != 2) {
      throw new IOException(where + " is not 'fingerprint name'; correct or remove it");
    }
    try {
      names.put(Fingerprint.parse(words[0]), NodeName.check(words[1]));
    } catch (IllegalArgumentException e) {
      throw new IOException(where + ": " + e.getMessage() + "; correct or remove it", e);
    }
  }

  /** Trusts a node from now on; a known one gets the new name. */
  public synchronized void add(Fingerprint fingerprint, String name) throws IOException {
    Map<Fingerprint, String> next = new LinkedHashMap<>(names);
    next.put(fingerprint, NodeName.check(name));
    if (next.size() > MAX_NODES) {
      throw new IOException(
          file + " already trusts " + MAX_NODES + " nodes; remove those that are gone");
    }
    replace(next);
  }

  /**
   * Stops trusting a node; false if it was not trusted. Closing its connections is the caller's.
   */
  public synchronized boolean remove(Fingerprint fingerprint) throws IOException {
    Map<Fingerprint, String> next = new LinkedHashMap<>(names);
    boolean isKnown = next.remove(fingerprint) != null;
    if (isKnown) {
      replace(next);
    }
    return isKnown;
  }

  /** Whether the node is trusted. */
  public synchronized boolean contains(Fingerprint fingerprint) {
    return names.containsKey(fingerprint);
  }

  /** The name a trusted node was added with. */
  public synchronized Optional<String> name(Fingerprint fingerprint) {
    return Optional.ofNullable(names.get(fingerprint));
  }

  /** All trusted nodes with their names, oldest first. */
  public synchronized Map<Fingerprint, String> nodes() {
    return new LinkedHashMap<>(names);
  }

  private void replace(Map<Fingerprint, String> next) throws IOException {
    StringBuilder text = new StringBuilder();
    next.forEach(
        (fingerprint, name) -> text.append(fingerprint).append(' ').append(name).append('\n'));
    PrivateFile.replace(file, text.toString().getBytes(StandardCharsets.UTF_8));
    names.clear();
    names.putAll(next);
  }
}
