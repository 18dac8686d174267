package io.pollux.tls;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The tokens that were issued, one line each: verifier in hex, expiry in seconds since 1970, {@code
 * open} or {@code used}. Used and expired ones stay a while, so that their reason can be told.
 * Thread-safe; a change is durable when its method returns.
 */
final class TokenFile {
  static final int MAX_OPEN = 16;
  private static final int MAX_KEPT = 64;
  private static final String OPEN = "open";
  private static final String USED = "used";

  private final Path file;
  private List<Issued> tokens; // oldest expiry first; guarded by this

  private TokenFile(Path file, List<Issued> tokens) {
    this.file = file;
    this.tokens = tokens;
  }

  /** One token, without its secret. */
  record Issued(Secret.Verifier verifier, Instant expiry, boolean isUsed) {
    boolean isOpen(Instant now) {
      return !isUsed && now.isBefore(expiry);
    }

    private String line() {
      return verifier.key().toHex()
          + " "
          + expiry.getEpochSecond()
          + " "
          + (isUsed ? USED : OPEN)
          + "\n";
    }
  }

  static TokenFile load(Path directory) throws IOException {
    Path file = directory.resolve("tokens");
    List<Issued> tokens = new ArrayList<>();
    if (Files.exists(file)) {
      for (String line :
          new String(PrivateFile.read(file), StandardCharsets.UTF_8).lines().toList()) {
        tokens.add(readLine(line, file));
      }
    }
    return new TokenFile(file, tokens);
  }

  private static Issued readLine(String line, Path file) throws IOException {
    String[] words = line.split(" ", -1);
    if (words.length != 3 || !(words[2].equals(OPEN) || words[2].equals(USED))) {
      throw damaged(file, null);
    }
    try {
      return new Issued(
          new Secret.Verifier(Bytes32.parse(words[0])),
          Instant.ofEpochSecond(Long.parseLong(words[1])),
          words[2].equals(USED));
    } catch (IllegalArgumentException e) {
      throw damaged(file, e);
    }
  }

  private static IOException damaged(Path file, Exception cause) {
    return new IOException(file + " is damaged; delete it and issue new tokens", cause);
  }

  synchronized void add(Secret.Verifier verifier, Instant expiry, Instant now)
      throws IOException, TokenException {
    long open = tokens.stream().filter(token -> token.isOpen(now)).count();
    if (open >= MAX_OPEN) {
      throw new TokenException(
          TokenException.Reason.TOO_MANY,
          open + " join tokens are open, no more are issued; use one or wait until one expires");
    }
    List<Issued> next = new ArrayList<>(tokens);
    next.add(new Issued(verifier, expiry, false));
    next.sort(Comparator.comparing(Issued::expiry));
    while (next.size() > MAX_KEPT) {
      next.remove(oldestClosed(next, now));
    }
    replace(next);
  }

  private static Issued oldestClosed(List<Issued> tokens, Instant now) {
    return tokens.stream().filter(token -> !token.isOpen(now)).findFirst().orElseThrow();
  }

  synchronized Optional<Issued> find(Bytes32 id) {
    return tokens.stream().filter(token -> token.verifier().id().equals(id)).findFirst();
  }

  /** Uses a token up. Of several that try, one gets true, and not before that is durable. */
  synchronized boolean claim(Issued issued) throws IOException {
    int index = tokens.indexOf(issued); // not there once used: that record differs
    if (index < 0) {
      return false;
    }
    List<Issued> next = new ArrayList<>(tokens);
    next.set(index, new Issued(issued.verifier(), issued.expiry(), true));
    replace(next);
    return true;
  }

  private void replace(List<Issued> next) throws IOException {
    StringBuilder text = new StringBuilder();
    next.forEach(token -> text.append(token.line()));
    PrivateFile.replace(file, text.toString().getBytes(StandardCharsets.UTF_8));
    tokens = next;
  }
}
