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
  private final Path revokedFile;
  private final Map<Fingerprint, String> names; // guarded by this
  private final Map<Fingerprint, String> revoked; // guarded by this

  private TrustList(
      Path directory, Map<Fingerprint, String> names, Map<Fingerprint, String> revoked) {
    this.file = directory.resolve("trusted");
    this.revokedFile = directory.resolve("revoked");
    this.names = names;
    this.revoked = revoked;
  }

  /**
   * Reads the list of an identity directory; without a file it is empty.
   *
   * @throws IOException if a line is damaged or the file is open to others: nothing is skipped
   */
  public static TrustList load(Path directory) throws IOException {
    return new TrustList(
        directory, read(directory.resolve("trusted")), read(directory.resolve("revoked")));
  }

  private static Map<Fingerprint, String> read(Path file) throws IOException {
    Map<Fingerprint, String> names = new LinkedHashMap<>();
    if (Files.exists(file)) {
      String text = new String(PrivateFile.read(file), StandardCharsets.UTF_8);
      int number = 0;
      for (String line : text.lines().toList()) {
        number++;
        readLine(line, names, file + " line " + number);
      }
    }
    return names;
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

  /**
   * Trusts a node from now on; a known one gets the new name.
   *
   * @throws IOException if its key was revoked, the list is full, or the disk fails
   */
  public synchronized void add(Fingerprint fingerprint, String name) throws IOException {
    if (revoked.containsKey(fingerprint)) {
      throw new IOException("the key " + fingerprint + " was revoked; make the node a new one");
    }
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

  /**
   * Stops trusting a key for ever; false if it was not trusted. Closing its connections is the
   * caller's.
   */
  public synchronized boolean revoke(Fingerprint fingerprint) throws IOException {
    if (!names.containsKey(fingerprint)) {
      return false;
    }
    Map<Fingerprint, String> next = new LinkedHashMap<>(revoked);
    next.put(fingerprint, names.get(fingerprint));
    if (next.size() > MAX_NODES) {
      next.remove(next.keySet().iterator().next()); // It stays untrusted, as an unknown key.
    }
    write(revokedFile, next); // First: after a crash the key is named in both, and refused.
    revoked.clear();
    revoked.putAll(next);
    remove(fingerprint);
    return true;
  }

  /** The name of a node whose key was revoked. */
  public synchronized Optional<String> revoked(Fingerprint fingerprint) {
    return Optional.ofNullable(revoked.get(fingerprint));
  }

  /** Whether the node is trusted. */
  public synchronized boolean contains(Fingerprint fingerprint) {
    return names.containsKey(fingerprint) && !revoked.containsKey(fingerprint);
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
    write(file, next);
    names.clear();
    names.putAll(next);
  }

  private static void write(Path file, Map<Fingerprint, String> nodes) throws IOException {
    StringBuilder text = new StringBuilder();
    nodes.forEach(
        (fingerprint, name) -> text.append(fingerprint).append(' ').append(name).append('\n'));
    PrivateFile.replace(file, text.toString().getBytes(StandardCharsets.UTF_8));
  }
}
