package io.pollux.node;

import io.pollux.core.PolluxException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Where a node's control socket is: {@code node.sock} in its directory, or a short stand-in when
 * that path is too long.
 */
final class ControlSocket {
  /** Unix domain socket paths hold 107 bytes on Linux and 103 on macOS. */
  private static final int LONGEST_PATH = 100;

  private ControlSocket() {}

  static Path path(Path directory) throws PolluxException {
    Path real = real(directory);
    Path inside = real.resolve("node.sock");
    if (inside.toString().getBytes(StandardCharsets.UTF_8).length <= LONGEST_PATH) {
      return inside;
    }
    return standIn(real).resolve("node.sock");
  }

  /** A directory that only its owner can enter, named after the node's directory. */
  static Path standIn(Path real) {
    String name = System.getProperty("user.name", "user");
    return Path.of(System.getProperty("java.io.tmpdir"), "pollux-" + name + "-" + hash(real));
  }

  private static Path real(Path directory) throws PolluxException {
    try {
      return Files.exists(directory)
          ? directory.toRealPath()
          : directory.toAbsolutePath().normalize();
    } catch (IOException e) {
      throw NodeDirectory.diskError("can't resolve " + directory, e);
    }
  }

  private static String hash(Path path) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest(path.toString().getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }
}
