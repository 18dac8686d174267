package io.pollux.tls;

import java.nio.file.Path;
import java.util.Objects;

/**
 * A PKCS#12 file of the operator's: one private key, with the chain of its certificates up to the
 * authority's.
 */
public final class KeyFile {
  private final Path file;
  private final char[] password;

  /**
   * @param password of the file and of the key
   */
  public KeyFile(Path file, String password) {
    this.file = Objects.requireNonNull(file, "file");
    this.password = password.toCharArray();
  }

  Path file() {
    return file;
  }

  char[] password() {
    return password;
  }

  /** Does not show the password. */
  @Override
  public String toString() {
    return file.toString();
  }
}
