package io.pollux.proxy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pollux.core.PolluxException;
import io.pollux.core.PolluxException.Reason;
import io.pollux.core.Position;
import io.pollux.core.Stamp;
import io.pollux.log.LogReader;
import io.pollux.log.LogReader.Finding;
import io.pollux.node.ControlClient;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** Reads the statement log of a directory, also while a node writes it. */
@Command(
    name = "log",
    mixinStandardHelpOptions = true,
    description = "Shows and verifies the record of all that was replicated.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      LogCommand.Listing.class,
      LogCommand.Show.class,
      LogSearchCommand.class,
      LogCommand.Verify.class,
      LogExportCommand.class,
      LogReplayCommand.class
    })
final class LogCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }

  /** A record's position, from 1 on. */
  static final class Positions implements ITypeConverter<Position> {
    @Override
    public Position convert(String text) {
      try {
        return new Position(Long.parseLong(text));
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException("'" + text + "' is not a position such as 17");
      }
    }
  }

  /** Whether the data itself may be shown. */
  static final class ValuesOption {
    @Option(names = "--values", description = "Show values; they may be confidential.")
    private boolean values;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    /** Whether they are; the node notes it in its log, or the operator hears that it could not. */
    boolean areWanted(DirectoryOption dir) throws PolluxException {
      if (values) {
        note(dir);
      }
      return values;
    }

    private void note(DirectoryOption dir) throws PolluxException {
      try {
        JsonNode unused = ControlClient.call(dir.path(), ControlClient.request("look"));
      } catch (PolluxException e) {
        if (e.reason() != Reason.NODE_NOT_RUNNING && e.reason() != Reason.STOPPED) {
          throw e;
        }
        command
            .commandLine()
            .getErr()
            .println("pollux: that values were shown is not noted, as the node does not run");
      }
    }
  }

  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = "Lists records, the newest last.")
  static final class Listing implements Callable<Integer> {
    @Mixin private DirectoryOption dir;
    @Mixin private ValuesOption values;
    @Mixin private Output output;

    @Option(
        names = "--from",
        paramLabel = "POSITION",
        converter = Positions.class,
        description = "The first record; default: so that the list ends with the newest.")
    private Optional<Position> from;

    @Option(names = "--limit", defaultValue = "20", description = "Default: ${DEFAULT-VALUE}.")
    private int limit;

    @Override
    public Integer call() throws PolluxException {
      Optional<LogReader> log = LogFiles.open(dir.path());
      ObjectNode document = Output.MAPPER.createObjectNode();
      ArrayNode records = document.putArray("records");
      Optional<Finding> damage =
          log.isEmpty() ? Optional.empty() : fill(records, log.orElseThrow());
      StringBuilder lines = new StringBuilder();
      records.forEach(record -> lines.append(RecordText.line(record)).append('\n'));
      damage.ifPresent(it -> lines.append(LogFiles.text(it)));
      damage.ifPresent(it -> document.set("finding", LogFiles.json(it)));
      output.print(document, lines.toString());
      return damage.isEmpty() ? 0 : Failures.ANSWER_IS_NO;
    }

    private Optional<Finding> fill(ArrayNode records, LogReader log) throws PolluxException {
      RecordDocument documents = new RecordDocument(values.areWanted(dir), dir.config());
      Position first = from.isPresent() ? from.orElseThrow() : LogFiles.tail(log, limit);
      return LogFiles.damage(
          log.read(
              first,
              record -> {
                if (records.size() < limit) {
                  records.add(documents.of(record));
                }
                return records.size() < limit;
              }));
    }
  }

  @Command(
      name = "show",
      mixinStandardHelpOptions = true,
      description = "Shows one record: who, when, from where, and each change.")
  static final class Show implements Callable<Integer> {
    private static final Pattern STAMP = Pattern.compile("(\\d{1,18})\\.(\\d{1,18})\\.(\\d{1,18})");

    @Spec private CommandSpec spec;
    @Mixin private DirectoryOption dir;
    @Mixin private ValuesOption values;
    @Mixin private Output output;

    @Parameters(
        paramLabel = "POSITION",
        description = "Of the record; or the stamp of a transaction, such as 3.7.120.")
    private String which;

    @Override
    public Integer call() throws PolluxException {
      Matcher stamp = STAMP.matcher(which);
      boolean byStamp = stamp.matches();
      if (!byStamp && !which.matches("\\d{1,18}")) {
        throw new ParameterException(
            spec.commandLine(),
            "'" + which + "' is neither a position such as 17 nor a stamp such as 3.7.120");
      }
      RecordDocument documents = new RecordDocument(values.areWanted(dir), dir.config());
      Position from = byStamp ? Position.NONE : new Position(Long.parseLong(which));
      Optional<Stamp> wanted = byStamp ? Optional.of(stamp(stamp)) : Optional.empty();
      List<ObjectNode> found = new ArrayList<>();
      Optional<LogReader> log = LogFiles.open(dir.path());
      if (log.isPresent()) {
        Optional<Finding> damage =
            LogFiles.damage(
                log.orElseThrow()
                    .read(
                        from,
                        record -> {
                          ObjectNode document = documents.of(record);
                          if (wanted.isEmpty()
                              || document.path("stamp").asText().equals(wanted.get().toString())) {
                            found.add(document);
                          }
                          return found.isEmpty();
                        }));
        if (damage.isPresent()) {
          throw new PolluxException(Reason.LOG_DAMAGED, LogFiles.text(damage.orElseThrow()));
        }
      }
      if (found.isEmpty() || (!byStamp && !which.equals(found.get(0).path("position").asText()))) {
        throw new PolluxException(
            Reason.BAD_CONFIGURATION,
            "there is no record " + which + " in the log; see 'pollux log list'");
      }
      output.print(found.get(0), RecordText.full(found.get(0)));
      return 0;
    }

    private static Stamp stamp(Matcher parts) {
      return new Stamp(
          Long.parseLong(parts.group(1)),
          Long.parseLong(parts.group(2)),
          Long.parseLong(parts.group(3)));
    }
  }

  @Command(
      name = "verify",
      mixinStandardHelpOptions = true,
      description = "Verifies the chain of hashes over the whole log.")
  static final class Verify implements Callable<Integer> {
    @Mixin private DirectoryOption dir;
    @Mixin private Output output;

    @Override
    public Integer call() throws PolluxException {
      Path directory = dir.path();
      LogFiles.Verdict verdict =
          Progress.during("verifying the log", () -> LogFiles.verify(directory));
      output.print(verdict.document(), verdict.text());
      return verdict.isIntact() ? 0 : Failures.ANSWER_IS_NO;
    }
  }
}
