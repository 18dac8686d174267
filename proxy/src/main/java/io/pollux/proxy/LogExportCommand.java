package io.pollux.proxy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pollux.core.PolluxException;
import io.pollux.core.PolluxException.Reason;
import io.pollux.core.Position;
import io.pollux.log.LogReader;
import io.pollux.log.LogReader.Finding;
import io.pollux.log.LogReader.Located;
import io.pollux.log.LogReader.Report;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * The log for other programs, with what proves it: each record's hash, and with {@code --values}
 * also the bytes that were hashed, so that anybody can compute the chain again.
 */
@Command(
    name = "export",
    mixinStandardHelpOptions = true,
    description = "Prints records as JSON Lines or CSV, with the hashes that prove them.")
final class LogExportCommand implements Callable<Integer> {
  private static final List<String> COLUMNS =
      List.of("position", "at", "type", "stamp", "node", "user", "application", "thread", "what");

  @Spec private CommandSpec spec;
  @Mixin private DirectoryOption dir;
  @Mixin private LogCommand.ValuesOption values;
  @Mixin private LogSearchCommand.RangeOptions range;

  @Option(names = "--format", defaultValue = "jsonl", description = "jsonl (default) or csv.")
  private Format format;

  /** How a record is printed. */
  enum Format {
    JSONL,
    CSV
  }

  @Override
  public Integer call() throws PolluxException {
    PrintWriter out = spec.commandLine().getOut();
    Optional<LogReader> log = LogFiles.open(dir.path());
    if (log.isEmpty()) {
      throw new PolluxException(
          Reason.BAD_CONFIGURATION, "there is no log yet: the node has never run");
    }
    boolean withValues = values.areWanted(dir);
    if (format == Format.CSV) {
      List<String> names = new ArrayList<>(COLUMNS);
      names.addAll(withValues ? List.of("hash", "body") : List.of("hash"));
      out.println(String.join(",", names));
    }
    RecordDocument documents = new RecordDocument(withValues, dir.config());
    LogSearch.Range wanted = range.range();
    Report report =
        log.orElseThrow()
            .read(
                wanted.from(),
                record -> {
                  Position at = record.entry().position();
                  if (at.isAfter(wanted.to())) {
                    return false;
                  }
                  ObjectNode document = documents.of(record);
                  if (LogSearch.isInTime(document, wanted)) {
                    if (withValues) {
                      document.put("body", body(record));
                    }
                    print(out, record, document);
                  }
                  return true;
                });
    out.flush();
    Optional<Finding> damage = LogFiles.damage(report);
    damage.ifPresent(it -> spec.commandLine().getErr().println("pollux: " + LogFiles.text(it)));
    return damage.isEmpty() ? 0 : Failures.ANSWER_IS_NO;
  }

  private static String body(Located record) {
    return Base64.getEncoder().encodeToString(record.entry().body().value());
  }

  private void print(PrintWriter out, Located record, ObjectNode document) {
    out.println(format == Format.CSV ? csv(record, document) : Answers.line(document));
  }

  private String csv(Located record, JsonNode document) {
    JsonNode client = document.path("client");
    List<String> cells = new ArrayList<>();
    for (String column : COLUMNS) {
      String cell =
          switch (column) {
            case "user", "application", "thread" -> client.path(column).asText();
            case "what" -> RecordText.summary(document);
            default -> document.path(column).asText();
          };
      cells.add(quoted(cell));
    }
    cells.add(HexFormat.of().formatHex(record.entry().hash().value()));
    if (document.has("body")) {
      cells.add(document.path("body").asText());
    }
    return String.join(",", cells);
  }

  /** RFC 4180; a cell that a spreadsheet would take for a formula is made a text. */
  static String quoted(String cell) {
    String plain = cell.replaceAll("\\R", " ");
    String safe = plain.matches("(?s)[=+@\\t-].*") ? "'" + plain : plain;
    return safe.matches("(?s).*[\",].*") ? "\"" + safe.replace("\"", "\"\"") + "\"" : safe;
  }
}
