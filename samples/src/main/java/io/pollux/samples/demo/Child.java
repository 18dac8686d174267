package io.pollux.samples.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** A process whose output is kept. Any thread. */
final class Child {
  private static final int LAST_LINES = 12;

  private final String title;
  private final Process process;
  private final List<String> lines = new ArrayList<>(); // guarded by this
  private boolean ended; // guarded by this

  private Child(String title, Process process) {
    this.title = title;
    this.process = process;
  }

  static Child start(String title, Path directory, List<String> command) throws IOException {
    Process process =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .start();
    Child child = new Child(title, process);
    Thread reader = new Thread(child::read, "output of " + title);
    reader.setDaemon(true);
    reader.start();
    return child;
  }

  private void read() {
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        add(line);
      }
    } catch (IOException e) {
      add("(its output broke off: " + e.getMessage() + ")");
    } finally {
      end();
    }
  }

  private synchronized void add(String line) {
    lines.add(line);
    notifyAll();
  }

  private synchronized void end() {
    ended = true;
    notifyAll();
  }

  /**
   * The first line that fits, also one from before; empty if the process ends without or is late.
   */
  synchronized Optional<String> awaitLine(Predicate<String> fits, Duration timeout)
      throws InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    int next = 0;
    while (true) {
      for (; next < lines.size(); next++) {
        if (fits.test(lines.get(next))) {
          return Optional.of(lines.get(next));
        }
      }
      long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      if (ended || left <= 0) {
        return Optional.empty();
      }
      wait(left);
    }
  }

  /** Whether it ended with exit code 0, and in time. */
  boolean isDone(Duration timeout) throws InterruptedException {
    return awaitEnd(timeout) && process.exitValue() == 0;
  }

  private boolean awaitEnd(Duration timeout) throws InterruptedException {
    boolean exited = process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS);
    if (exited) {
      awaitLine(line -> false, Duration.ofSeconds(5)); // What it said last is still on its way.
    }
    return exited;
  }

  /** As the loss of its machine would: SIGKILL. */
  void kill() {
    process.destroyForcibly().onExit().join();
  }

  synchronized String lastLine() {
    return lines.isEmpty() ? "" : lines.get(lines.size() - 1);
  }

  /** What a person needs to see why it failed. */
  synchronized String story() {
    StringBuilder story = new StringBuilder("--- ").append(title);
    story.append(process.isAlive() ? ", running" : ", exit code " + process.exitValue());
    for (String line : lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size())) {
      story.append("\n    ").append(line);
    }
    return story.toString();
  }
}
