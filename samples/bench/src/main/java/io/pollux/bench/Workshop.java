package io.pollux.bench;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The directory of a run and the processes in it. Closing ends them and removes the files. */
final class Workshop implements AutoCloseable {
  private final Path directory;
  private final String launcher;
  private final Deque<Closeable> kept = new ArrayDeque<>();

  /**
   * @param launcher the command {@code pollux}
   */
  Workshop(Path directory, String launcher) {
    this.directory = directory;
    this.launcher = launcher;
  }

  Path path(String name) {
    return directory.resolve(name);
  }

  /** An address that nobody listens on. */
  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** Something that may have to wait for another process. */
  @FunctionalInterface
  interface Attempt {
    void run() throws IOException, SQLException;
  }

  /** Tries until it succeeds, for about ten seconds. */
  static void repeat(Attempt attempt) throws IOException, SQLException {
    for (int left = 100; ; left--) {
      try {
        attempt.run();
        return;
      } catch (IOException | SQLException e) {
        if (left == 0) {
          throw e;
        }
      }
      new CompletableFuture<>().completeOnTimeout(true, 100, TimeUnit.MILLISECONDS).join();
    }
  }

  /** Runs a command of {@code pollux} to its end; returns what it printed. */
  String pollux(String... arguments) throws IOException, InterruptedException {
    return output(polluxCommand(arguments));
  }

  /** Runs a program to its end; returns what it printed. */
  static String output(List<String> command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String output;
    try (var out = process.getInputStream()) {
      output = new String(out.readAllBytes(), StandardCharsets.UTF_8).strip();
    }
    int exit = process.waitFor();
    if (exit != 0) {
      throw new IOException("'" + String.join(" ", command) + "' ended with " + exit);
    }
    return output;
  }

  void startPollux(String... arguments) throws IOException {
    start("pollux-" + kept.size(), polluxCommand(arguments));
  }

  private List<String> polluxCommand(String... arguments) {
    List<String> command = new ArrayList<>(List.of(launcher));
    command.addAll(List.of(arguments));
    return command;
  }

  /** Starts another JVM with this one's class path. */
  void startJava(String main, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main));
    command.addAll(List.of(arguments));
    start("java-" + kept.size(), command);
  }

  private void start(String title, List<String> command) throws IOException {
    Process process =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(path(title + ".log").toFile())
            .start();
    keep(() -> process.destroyForcibly().onExit().join());
  }

  /** Closed with this, the last one first. */
  <T extends Closeable> T keep(T resource) {
    kept.push(resource);
    return resource;
  }

  /** Copies a directory with all that is in it, and who may read it. */
  static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path source : (Iterable<Path>) all::iterator) {
        Path target = to.resolve(from.relativize(source).toString());
        Files.copy(source, target, StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
  }

  @Override
  public void close() throws IOException {
    try {
      while (!kept.isEmpty()) {
        kept.pop().close();
      }
    } finally {
      remove(directory);
    }
  }

  private static void remove(Path directory) throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
