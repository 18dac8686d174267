package io.pollux.proxy;

import io.pollux.core.PolluxException;
import io.pollux.core.PolluxException.Reason;
import io.pollux.node.DatabaseAccess;
import io.pollux.node.NodeConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Says before anybody goes live what would be captured how, and what would be refused. */
@Command(
    name = "check",
    mixinStandardHelpOptions = true,
    description = "Says how the tables of a database, and statements, would be captured.")
final class CheckCommand implements Callable<Integer> {
  @Parameters(paramLabel = "URL", description = "JDBC URL of the database, as it is now.")
  private String url;

  @Option(names = "--user", description = "The database's user.")
  private Optional<String> user;

  @Option(
      names = "--password",
      arity = "0..1",
      interactive = true,
      description = "That user's password; asked for if it does not stand here.")
  private Optional<String> password;

  @Option(
      names = "--statements",
      paramLabel = "FILE",
      description = "Statements to look at as well, each with a semicolon at the end of its line.")
  private Optional<Path> statements;

  @Mixin private Output output;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws PolluxException {
    DatabaseAccess database =
        DatabaseAccess.of(
            new NodeConfig.Database(url.replaceFirst("^jdbc:pollux:", "jdbc:"), user, password));
    List<String> texts = statements.isPresent() ? read(statements.orElseThrow()) : List.of();
    try {
      CaptureReport report = report(database, texts);
      database.dialect().shutdown(database.url(), database.properties());
      output.print(report.document(), CaptureReport.text(report.document()));
      return report.refused() == 0 ? 0 : Failures.ANSWER_IS_NO;
    } catch (SQLException e) {
      throw new PolluxException(
          Reason.DATABASE_UNREACHABLE,
          "can't read the database "
              + database.url().split("[;?]", 2)[0]
              + ": "
              + e.getMessage()
              + "; check the URL and the account, and end the program that has it open",
          e);
    }
  }

  private static CaptureReport report(DatabaseAccess database, List<String> texts)
      throws SQLException {
    try (Connection connection =
        DriverManager.getConnection(
            database.dialect().openUrl(database.url()), database.properties())) {
      connection.setAutoCommit(false);
      CaptureReport report = new CaptureReport(connection, database.dialect());
      try {
        report.tables();
        report.statements(texts);
        return report;
      } finally {
        connection.rollback();
      }
    }
  }

  private List<String> read(Path file) {
    try {
      List<String> texts = new ArrayList<>();
      StringBuilder text = new StringBuilder();
      for (String line : Files.readAllLines(file)) {
        String whole = line.stripTrailing();
        boolean ends = whole.endsWith(";");
        text.append(ends ? whole.substring(0, whole.length() - 1) : whole).append('\n');
        if (ends) {
          texts.add(text.toString().strip());
          text.setLength(0);
        }
      }
      if (!text.toString().isBlank()) {
        texts.add(text.toString().strip());
      }
      return texts;
    } catch (IOException e) {
      throw new ParameterException(
          spec.commandLine(), "can't read the statements of " + file + ": " + e, e);
    }
  }
}
