package io.pollux.proxy;

import io.pollux.core.PolluxException;
import io.pollux.core.PolluxException.Reason;
import io.pollux.env.Ids;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Who may do what over HTTP. Two tokens in a file that only the owner of the node reads; no
 * cookies, so that a page of somebody else's has nothing to send along; and no host name but the
 * configured one, so that a name which a stranger's server resolves to this machine is refused.
 */
final class HttpAccess {
  static final String FILE = "http.tokens";

  private final byte[] readToken;
  private final byte[] operatorToken;
  private final String host;

  /** What a request may do; each includes those before it. */
  enum Role {
    ANYONE,
    READ,
    OPERATOR
  }

  private HttpAccess(String readToken, String operatorToken, String host) {
    this.readToken = readToken.getBytes(StandardCharsets.UTF_8);
    this.operatorToken = operatorToken.getBytes(StandardCharsets.UTF_8);
    this.host = host;
  }

  /**
   * Reads the tokens of a node's directory, or makes them.
   *
   * @param host as configured
   */
  static HttpAccess open(Path directory, String host) throws PolluxException {
    Path file = directory.resolve(FILE);
    try {
      if (!Files.exists(file)) {
        create(file);
      }
      requirePrivate(file);
      List<String> lines = Files.readAllLines(file, StandardCharsets.UTF_8);
      return new HttpAccess(token(file, lines, "read "), token(file, lines, "operator "), host);
    } catch (IOException e) {
      throw new PolluxException(
          Reason.DISK_ERROR, "can't keep the tokens in " + file + ": " + e.getMessage(), e);
    }
  }

  private static void create(Path file) throws IOException {
    boolean isPosix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
    FileAttribute<?>[] attributes =
        isPosix
            ? new FileAttribute<?>[] {
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
            }
            : new FileAttribute<?>[0];
    Files.createFile(file, attributes);
    String lines = "read " + random() + "\noperator " + random() + "\n";
    Files.writeString(file, lines, StandardOpenOption.WRITE);
  }

  private static String random() {
    return Ids.random() + Ids.random();
  }

  private static void requirePrivate(Path file) throws IOException, PolluxException {
    if (!file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      return;
    }
    Set<PosixFilePermission> others = EnumSet.copyOf(Files.getPosixFilePermissions(file));
    others.removeAll(PosixFilePermissions.fromString("rwx------"));
    if (!others.isEmpty()) {
      throw new PolluxException(
          Reason.BAD_CONFIGURATION,
          "others can read "
              + file
              + "; run 'chmod 600' on it, or delete it and start again for new tokens");
    }
  }

  private static String token(Path file, List<String> lines, String prefix) throws PolluxException {
    return lines.stream()
        .filter(line -> line.startsWith(prefix))
        .map(line -> line.substring(prefix.length()).strip())
        .filter(token -> token.length() >= 32)
        .findFirst()
        .orElseThrow(
            () ->
                new PolluxException(
                    Reason.BAD_CONFIGURATION,
                    file
                        + " has no line '"
                        + prefix
                        + "TOKEN' with 32 characters or more; delete it and start again for new"
                        + " tokens"));
  }

  /** Takes the same time whatever the token is like. */
  Role role(Optional<String> authorization) {
    byte[] given =
        authorization
            .filter(header -> header.regionMatches(true, 0, "Bearer ", 0, 7))
            .map(header -> header.substring(7).strip())
            .orElse("")
            .getBytes(StandardCharsets.UTF_8);
    boolean isOperator = MessageDigest.isEqual(operatorToken, given);
    boolean isReader = MessageDigest.isEqual(readToken, given);
    return isOperator ? Role.OPERATOR : isReader ? Role.READ : Role.ANYONE;
  }

  /** A name must be the configured one; an address is no name that somebody else resolves. */
  boolean isOurs(Optional<String> hostHeader) {
    String name = hostHeader.map(HttpAccess::withoutPort).orElse("");
    return name.equalsIgnoreCase(host)
        || name.equalsIgnoreCase("localhost")
        || name.matches("\\d{1,3}(\\.\\d{1,3}){3}")
        || name.matches("\\[[0-9a-fA-F:.]+\\]");
  }

  private static String withoutPort(String header) {
    return header.replaceFirst(":\\d{1,5}$", "");
  }

  /** A page of another origin has no business here, whatever it knows. */
  static boolean isSameOrigin(Optional<String> origin, Optional<String> hostHeader) {
    if (origin.isEmpty()) {
      return true;
    }
    try {
      String authority = URI.create(origin.orElseThrow()).getAuthority();
      return authority != null && authority.equalsIgnoreCase(hostHeader.orElse(""));
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
