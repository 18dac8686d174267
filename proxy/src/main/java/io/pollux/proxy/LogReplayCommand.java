package io.pollux.proxy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pollux.core.PolluxException;
import io.pollux.core.PolluxException.Reason;
import io.pollux.core.Position;
import io.pollux.log.LogReader;
import io.pollux.node.DatabaseAccess;
import io.pollux.node.NodeConfig;
import io.pollux.node.Replay;
import io.pollux.node.Replay.Rebuilt;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The database as it was, from a copy and the log. */
@Command(
    name = "replay",
    mixinStandardHelpOptions = true,
    description = "Brings a copy of the database to a position or a time of the log.")
final class LogReplayCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private DirectoryOption dir;
  @Mixin private Output output;

  @Option(
      names = "--until",
      required = true,
      paramLabel = "POSITION|TIME",
      description = "The last record that counts, or a time such as 2026-01-31T12:00:00Z.")
  private String until;

  @Option(
      names = "--into",
      required = true,
      paramLabel = "URL",
      description = "The real URL of the copy; nobody else may have it open.")
  private String into;

  @Option(names = "--user", description = "Of the copy.")
  private Optional<String> user;

  @Option(names = "--password", interactive = true, arity = "0..1", description = "Of the copy.")
  private Optional<String> password;

  @Override
  public Integer call() throws PolluxException, IOException {
    NodeConfig config = dir.config();
    DatabaseAccess access = DatabaseAccess.of(new NodeConfig.Database(into, user, password));
    if (!access.dialect().accepts(config.database().url())) {
      throw new PolluxException(
          Reason.BAD_CONFIGURATION,
          into + " is of another engine than the node's database; replay into a copy of that");
    }
    if (access.dialect().isSameDatabase(config.database().url(), into)) {
      throw new PolluxException(
          Reason.BAD_CONFIGURATION, into + " is the node's own database; replay into a copy of it");
    }
    LogReader log =
        LogFiles.open(dir.path())
            .orElseThrow(
                () ->
                    new PolluxException(
                        Reason.BAD_CONFIGURATION, "there is no log yet: the node has never run"));
    Position last = until.matches("\\d{1,18}") ? new Position(Long.parseLong(until)) : at(log);
    Path work = Files.createTempDirectory("pollux-replay");
    try {
      Rebuilt done =
          Progress.during(
              "replaying the log", () -> run(new Replay(config.group(), access, work), log, last));
      output.print(document(done), text(done));
      return 0;
    } finally {
      delete(work);
    }
  }

  private static Rebuilt run(Replay replay, LogReader log, Position last) throws PolluxException {
    try {
      return replay.run(log, last);
    } catch (IOException e) {
      throw new PolluxException(Reason.DISK_ERROR, "can't replay: " + e.getMessage(), e);
    }
  }

  /** The last record before the first one that is later. */
  private Position at(LogReader log) throws PolluxException {
    Instant time;
    try {
      time = LogSearch.instant(until);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
    RecordDocument documents = new RecordDocument(false, dir.config());
    Position[] last = {Position.NONE};
    LogReader.Report unused =
        log.read(
            Position.NONE,
            record -> {
              ObjectNode document = documents.of(record);
              boolean isLater =
                  document.has("at") && Instant.parse(document.path("at").asText()).isAfter(time);
              last[0] = isLater ? last[0] : record.entry().position();
              return !isLater;
            });
    return last[0];
  }

  private static ObjectNode document(Rebuilt done) {
    return Output.MAPPER
        .createObjectNode()
        .put("from", done.from().index())
        .put("to", done.to().index());
  }

  private static String text(Rebuilt done) {
    return "rebuilt from record " + done.from() + " to record " + done.to();
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      List<Path> deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
      for (Path path : deepestFirst) {
        Files.delete(path);
      }
    }
  }
}
