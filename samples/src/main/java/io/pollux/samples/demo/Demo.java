package io.pollux.samples.demo;

import io.pollux.samples.Equality;
import io.pollux.samples.QuartzJobs;
import io.pollux.samples.demo.Stage.Surprise;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * A job scheduler loses its machine in the middle of its work and finishes it on the other one.
 * Every process is real, every figure is measured. Exit 1 if anything is not as told.
 */
@Command(
    name = "pollux demo",
    mixinStandardHelpOptions = true,
    description = "Kills the active machine in the middle of its work and shows what is left.")
public final class Demo implements Callable<Integer> {
  private static final Pattern DONE = Pattern.compile("quartz: (\\d+) of \\d+ jobs done.*");
  private static final Duration APPLICATION = Duration.ofSeconds(60);

  @Spec private CommandSpec spec;

  @Option(names = "--keep", description = "Keep the directory of the demo.")
  private boolean keep;

  @Option(names = "--jobs", defaultValue = "300", description = "Default: ${DEFAULT-VALUE}.")
  private int jobs;

  private Stage stage;

  public static void main(String[] arguments) {
    System.exit(
        new CommandLine(new Demo())
            .setParameterExceptionHandler(
                (e, given) -> failed(e.getCommandLine(), e.getMessage() + "; see --help"))
            .setExecutionExceptionHandler((e, command, parsed) -> failed(command, e.getMessage()))
            .execute(arguments));
  }

  private static int failed(CommandLine command, String message) {
    command.getErr().println("pollux demo: " + message);
    command.getErr().flush();
    return CommandLine.ExitCode.USAGE;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    String launcher = System.getProperty("pollux.launcher");
    if (launcher == null || jobs < 10) {
      throw new ParameterException(
          spec.commandLine(), "it needs 10 jobs at least and is started by ./pollux demo");
    }
    Path directory = Files.createTempDirectory("pollux-demo");
    stage = new Stage(directory, launcher, spec.commandLine().getOut());
    Thread atExit = new Thread(stage::close, "demo-exit");
    Runtime.getRuntime().addShutdownHook(atExit); // Also when somebody loses patience.
    try {
      String equal = play();
      spec.commandLine().getOut().println(equal);
      return 0;
    } catch (Surprise e) {
      stage.tell("NOT AS TOLD: %s", e.getMessage());
      stage.children().forEach(child -> spec.commandLine().getErr().println(child.story()));
      return 1;
    } finally {
      stage.close();
      if (keep) {
        spec.commandLine().getErr().println("kept in " + directory);
      } else {
        stage.removeFiles();
      }
    }
  }

  private String play() throws IOException, InterruptedException, Surprise {
    makePair();
    int done = workAndDie();
    takeOver(done);
    comeBack();
    return compare();
  }

  private void makePair() throws IOException, InterruptedException, Surprise {
    String addressA = freeAddress();
    String addressB = freeAddress();
    String token =
        stage.pollux(
            "init", "--dir", "A", "--name", "a", "--listen", addressA, "--database", real("A"));
    stage.tell("pollux init:    A is a master, its join token is %.20s…", token);
    Child alone = stage.startPollux("run", "--dir", "A");
    stage.pollux("wait", "--dir", "A", "--until", "active");
    stage.pollux(
        "join", token, "--dir", "B", "--name", "b", "--listen", addressB, "--database", real("B"));
    stage.tell("pollux join:    B is its backup; A at %s, B at %s", addressA, addressB);
    shortenAllowance("B");
    stage.startPollux("run", "--dir", "B");
    stage.pollux("wait", "--dir", "B", "--until", "in-sync");
    stage.tell("pollux wait:    A and B are in sync");
    stage.pollux("stop", "--dir", "A");
    if (!alone.isDone(APPLICATION)) {
      throw new Surprise("'pollux run' of A did not end when it was told to");
    }
  }

  /** Returns how many jobs were done, as the application itself last said. */
  private int workAndDie() throws IOException, InterruptedException, Surprise {
    Child application = startApplication("A", jobs * 40);
    stage.tell("application:    on A, %d jobs, 4 threads, 'pollux:' in its URL", jobs);
    String line =
        application
            .awaitLine(text -> done(text) >= jobs / 2 - jobs / 10, APPLICATION)
            .orElseThrow(() -> new Surprise("the application on A did not get to the half"));
    application.kill();
    int done = done(line);
    if (done >= jobs) {
      throw new Surprise("the application on A was done before it could be killed");
    }
    stage.tell("kill -9:        A is gone, with %d of %d jobs done", done, jobs);
    return done;
  }

  private void takeOver(int done) throws IOException, InterruptedException, Surprise {
    stage.pollux("promote", "--dir", "B", "--reason", "A is gone");
    stage.tell("pollux promote: B is active");
    Child application = startApplication("B", 0);
    String found =
        application
            .awaitLine(text -> done(text) >= 0, APPLICATION)
            .orElseThrow(() -> new Surprise("the application on B did not start"));
    if (done(found) < done) {
      throw new Surprise("B lost jobs that A had done: " + found);
    }
    stage.tell("application:    on B, finds the %d jobs that A had done", done);
    if (!application.isDone(APPLICATION) || done(application.lastLine()) != jobs) {
      throw new Surprise("the application on B did not finish its jobs");
    }
    stage.tell("application:    %s", application.lastLine());
  }

  private void comeBack() throws IOException, InterruptedException, Surprise {
    stage.startPollux("run", "--dir", "A");
    stage.pollux("wait", "--dir", "A", "--until", "in-sync");
    stage.tell("pollux run:     A is back and in sync with B");
    stage.tell("pollux verify:  %s", stage.pollux("verify", "--dir", "B"));
    stage.pollux("stop", "--dir", "A");
    stage.pollux("stop", "--dir", "B");
  }

  private String compare() throws IOException, InterruptedException, Surprise {
    for (String node : List.of("A", "B")) {
      stage.tell("pollux log:     %s: %s", node, stage.pollux("log", "verify", "--dir", node));
    }
    Child equality = stage.startProgram(Equality.class, List.of(), real("A"), real("B"));
    if (!equality.isDone(APPLICATION)) {
      throw new Surprise("the databases of A and B differ");
    }
    return equality.lastLine();
  }

  private Child startApplication(String node, int spreadMillis) throws IOException {
    return stage.startProgram(
        QuartzJobs.class,
        List.of("-Dpollux.dir=" + node),
        real(node).replace("jdbc:", "jdbc:pollux:"),
        "--jobs=" + jobs,
        "--threads=4",
        "--spread-millis=" + spreadMillis);
  }

  /** The database's URL as the real driver knows it. */
  private String real(String node) {
    return "jdbc:derby:" + stage.directory().resolve("database-" + node) + ";create=true";
  }

  /** A node that was active looks for its peer first when it starts, by default for 30 s. */
  private void shortenAllowance(String node) throws IOException {
    Path file = stage.directory().resolve(node).resolve("pollux.yaml");
    String text = Files.readString(file);
    Files.writeString(file, text.replace("startupAllowance: 30s", "startupAllowance: 3s"));
  }

  private static int done(String line) {
    Matcher matcher = DONE.matcher(line);
    return matcher.matches() ? Integer.parseInt(matcher.group(1)) : -1;
  }

  private static String freeAddress() throws IOException {
    InetAddress here = InetAddress.getLoopbackAddress();
    try (ServerSocket socket = new ServerSocket(0, 1, here)) {
      return here.getHostAddress() + ":" + socket.getLocalPort();
    }
  }
}
