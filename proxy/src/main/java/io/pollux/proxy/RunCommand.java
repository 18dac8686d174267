package io.pollux.proxy;

import io.pollux.core.PolluxException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The node as a process of its own, until somebody ends it. */
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    description = "Runs the node; gives its directory to an application that asks for it.")
final class RunCommand implements Callable<Integer> {
  /** What a signal leaves the node to end in. */
  private static final Duration LONGEST_END = Duration.ofSeconds(20);

  @Mixin private DirectoryOption dir;

  @Override
  public Integer call() throws PolluxException, IOException, InterruptedException {
    Path directory = dir.path();
    tellEngines(directory.toAbsolutePath().normalize());
    HostedNode node = new HostedNode(directory);
    CountDownLatch ended = new CountDownLatch(1);
    Thread atSignal = new Thread(() -> end(node, ended), "pollux-signal");
    Runtime.getRuntime().addShutdownHook(atSignal);
    try {
      node.host();
      return 0;
    } finally {
      ended.countDown();
    }
  }

  /** Also runs at the end of a process that nobody has signalled; then there is nothing to do. */
  private static void end(HostedNode node, CountDownLatch ended) {
    node.stop();
    try {
      if (!ended.await(LONGEST_END.toSeconds(), TimeUnit.SECONDS)) {
        System.err.println("pollux: the node did not end in time; its next start recovers");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** An engine reads them once, before it starts; what the operator has set stays. */
  private static void tellEngines(Path directory) throws IOException {
    Properties properties = new Properties();
    try (InputStream in = RunCommand.class.getResourceAsStream("process.properties")) {
      properties.load(in);
    }
    for (String key : properties.stringPropertyNames()) {
      if (System.getProperty(key) == null) {
        System.setProperty(key, properties.getProperty(key).replace("{dir}", directory.toString()));
      }
    }
  }
}
