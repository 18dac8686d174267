package io.pollux.samples.demo;

import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Where the demo plays: a directory, the processes in it, and what is told. */
final class Stage implements AutoCloseable {
  private static final Duration COMMAND = Duration.ofSeconds(40);

  /** What an application of its own has on its class path. */
  private static final List<String> APPLICATION =
      List.of("classes", "quartz-", "slf4j-api-", "derby", "picocli-", "pollux-driver-");

  private final Path directory;
  private final String launcher;
  private final PrintWriter out;
  private final List<Child> children = new CopyOnWriteArrayList<>();
  private final long start = System.nanoTime();

  Stage(Path directory, String launcher, PrintWriter out) {
    this.directory = directory;
    this.launcher = launcher;
    this.out = out;
  }

  /** The story did not go as told. */
  static final class Surprise extends Exception {
    private static final long serialVersionUID = 1L;

    Surprise(String message) {
      super(message);
    }
  }

  Path directory() {
    return directory;
  }

  List<Child> children() {
    return children;
  }

  void tell(String format, Object... values) {
    double seconds = (System.nanoTime() - start) / 1e9;
    out.printf(Locale.ROOT, "%5.1f s  %s%n", seconds, String.format(Locale.ROOT, format, values));
    out.flush();
  }

  /** Runs a command of {@code pollux} to its end; returns the last line that it printed. */
  String pollux(String... arguments) throws IOException, InterruptedException, Surprise {
    Child child = startPollux(arguments);
    if (!child.isDone(COMMAND)) {
      throw new Surprise("'pollux " + arguments[0] + "' did not succeed");
    }
    children.remove(child);
    return child.lastLine();
  }

  Child startPollux(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(launcher));
    command.addAll(List.of(arguments));
    return start("pollux " + String.join(" ", arguments), command);
  }

  /** Starts a program as its users do: their class path, and the driver's jar. */
  Child startProgram(Class<?> program, List<String> options, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.addAll(List.of("-cp", applicationPath(), program.getName()));
    command.addAll(List.of(arguments));
    return start(program.getSimpleName() + " " + String.join(" ", arguments), command);
  }

  private Child start(String title, List<String> command) throws IOException {
    Child child = Child.start(title, directory, command);
    children.add(child);
    return child;
  }

  private static String applicationPath() {
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
        .filter(
            entry ->
                APPLICATION.stream()
                    .anyMatch(name -> Path.of(entry).getFileName().toString().startsWith(name)))
        .collect(Collectors.joining(File.pathSeparator));
  }

  /** Ends every process. */
  @Override
  public void close() {
    children.forEach(Child::kill);
  }

  void removeFiles() throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
