package io.pollux.proxy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pollux.core.PolluxException;
import io.pollux.core.Position;
import io.pollux.log.LogReader;
import io.pollux.proxy.LogSearch.Criteria;
import io.pollux.proxy.LogSearch.Found;
import io.pollux.proxy.LogSearch.Range;
import io.pollux.proxy.LogSearch.Who;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Who changed this row, and when? */
@Command(
    name = "search",
    mixinStandardHelpOptions = true,
    description = "Finds records, oldest first; what several options say must all hold.")
final class LogSearchCommand implements Callable<Integer> {
  @Mixin private DirectoryOption dir;
  @Mixin private LogCommand.ValuesOption values;
  @Mixin private RangeOptions range;
  @Mixin private Output output;

  @Option(
      names = "--kind",
      description = "INSERT, UPDATE, DELETE, DDL, or a type of record such as REIGN or MARK.")
  private Optional<String> kind;

  @Option(names = "--table", description = "With or without its schema.")
  private Optional<String> table;

  @Option(
      names = "--key",
      paramLabel = "VALUE",
      description = "A value of the row, such as its key; values are found though not shown.")
  private Optional<String> key;

  @Option(names = "--slot", description = "The number of the connection.")
  private Optional<Integer> slot;

  @Option(names = "--user", description = "The database's user.")
  private Optional<String> user;

  @Option(
      names = "--client",
      paramLabel = "PART",
      description = "Part of the name of the application, module or thread.")
  private Optional<String> client;

  @Option(names = "--newest", description = "The last ones that match, not the first.")
  private boolean newest;

  @Option(names = "--limit", defaultValue = "100", description = "Default: ${DEFAULT-VALUE}.")
  private int limit;

  /** Which part of the log. */
  static final class RangeOptions {
    @Option(
        names = "--from",
        paramLabel = "POSITION",
        defaultValue = "1",
        converter = LogCommand.Positions.class,
        description = "The first record; default: the oldest.")
    private Position from;

    @Option(
        names = "--to",
        paramLabel = "POSITION",
        defaultValue = "1000000000000000000",
        converter = LogCommand.Positions.class,
        description = "The last record; default: the newest.")
    private Position to;

    @Option(
        names = "--since",
        paramLabel = "TIME",
        converter = Times.class,
        description = "Such as 2026-01-31 or 2026-01-31T12:00:00Z.")
    private Optional<Instant> since;

    @Option(
        names = "--until",
        paramLabel = "TIME",
        converter = Times.class,
        description = "By the clock of the node that was active.")
    private Optional<Instant> until;

    Range range() {
      return new Range(from, to, since, until);
    }
  }

  /** A moment or a day. */
  static final class Times implements ITypeConverter<Instant> {
    @Override
    public Instant convert(String text) {
      try {
        return LogSearch.instant(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }

  @Override
  public Integer call() throws PolluxException {
    Criteria criteria = new Criteria(range.range(), kind, table, key, slot, new Who(user, client));
    LogSearch search = new LogSearch(criteria, values.areWanted(dir), dir.config());
    Optional<LogReader> log = LogFiles.open(dir.path());
    Found found =
        Progress.during(
            "searching the log", () -> newest ? search.last(log, limit) : search.first(log, limit));
    StringBuilder lines = new StringBuilder();
    found.records().forEach(record -> lines.append(RecordText.line(record)).append('\n'));
    found.damage().ifPresent(damage -> lines.append(LogFiles.text(damage)));
    ObjectNode document = Output.MAPPER.createObjectNode();
    document.set("records", found.records());
    found.damage().ifPresent(damage -> document.set("finding", LogFiles.json(damage)));
    output.print(document, lines.toString());
    return found.damage().isEmpty() && !found.records().isEmpty() ? 0 : Failures.ANSWER_IS_NO;
  }
}
