package io.pollux.proxy;

import io.pollux.tls.KeyFile;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** A key of the operator's in the place of one that the node makes. */
final class KeyOption {
  @Option(
      names = "--key",
      paramLabel = "FILE",
      description = "PKCS#12 file with the node's key and certificates; otherwise it makes a key.")
  private Optional<Path> path;

  @Option(
      names = "--key-password",
      arity = "0..1",
      interactive = true,
      description = "Password of that file; asked for if it does not stand here.")
  private Optional<String> password;

  Optional<KeyFile> file() {
    return path.map(p -> new KeyFile(p.toAbsolutePath(), password.orElse("")));
  }

  Optional<Path> path() {
    return path.map(Path::toAbsolutePath);
  }

  String password() {
    return password.orElse("");
  }
}
