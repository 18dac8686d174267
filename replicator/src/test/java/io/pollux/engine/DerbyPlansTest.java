package io.pollux.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pollux.apply.PeerGuard;
import io.pollux.core.Change;
import io.pollux.sql.Bound;
import io.pollux.sql.CapturePlan;
import io.pollux.sql.Classifier;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Every case of {@code derby-plans.txt}: a statement, and behind {@code =>} its plan as {@link
 * PlanText} writes it. A block that begins with {@code !} is run on the database. What all cases
 * give now is left in {@code target/plans.txt}.
 */
final class DerbyPlansTest {
  /** The engine takes an explicit key only while the column is parked. */
  private static final String GENERATED_ALWAYS = "42Z23";

  private record Case(String sql, String expected, CapturePlan plan) {
    String actual() {
      return PlanText.of(sql, plan);
    }
  }

  private final PeerGuard guard = new PeerGuard(new DerbyDialect());
  private final Classifier classifier = new Classifier(DerbyFacts.SQL);
  private Connection connection;

  @BeforeEach
  void open() throws SQLException {
    connection = DriverManager.getConnection("jdbc:derby:memory:plans;create=true");
  }

  @AfterEach
  void close() throws SQLException {
    connection.close();
    new DerbyDialect().shutdown("jdbc:derby:memory:plans", new Properties());
  }

  @Test
  void everyStatementHasThePlanThatIsWrittenDownAndEngineAndBackupTakeAllOfIt() throws Exception {
    StringBuilder output = new StringBuilder();
    List<Case> cases = new ArrayList<>();
    List<String> unprepared = new ArrayList<>();
    for (String block : blocks()) {
      String text = block.strip();
      if (text.startsWith("!")) {
        execute(text.substring(1));
        guard.schemaChanged();
      } else if (!text.startsWith("#")) {
        Case one = classify(text);
        cases.add(one);
        unprepared.addAll(unprepared(one));
        for (Change change : PlanLog.of(one.sql(), one.plan())) {
          guard.check(connection, change);
        }
        text = one.sql() + "\n=> " + one.actual();
      }
      output.append(text).append("\n\n");
    }
    Files.writeString(Path.of(System.getProperty("project.build.directory"), "plans.txt"), output);
    assertTrue(cases.size() > 150, () -> cases.size() + " cases");
    for (Case one : cases) {
      assertEquals(one.expected(), one.actual(), one.sql());
    }
    assertEquals(List.of(), unprepared);
  }

  private Case classify(String block) throws SQLException {
    String[] parts = block.split("(?m)^=> ?", 2);
    String sql = parts[0].strip();
    String expected = parts.length > 1 ? parts[1].strip() : "nothing is written down";
    return new Case(sql, expected, classifier.classify(sql, new DerbyCatalogue(connection)));
  }

  /** Statements of the plan that the engine refuses although it takes the application's. */
  private List<String> unprepared(Case one) {
    List<String> refused = new ArrayList<>();
    if (prepare(one.sql(), -1).isEmpty()) {
      for (Bound bound : PlanBounds.of(one.plan())) {
        prepare(bound.sql(), bound.bindings().size())
            .filter(error -> !error.startsWith(GENERATED_ALWAYS))
            .ifPresent(error -> refused.add(bound.sql() + " of " + one.sql() + ": " + error));
      }
    }
    return refused;
  }

  private Optional<String> prepare(String sql, int parameters) {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      int actual = statement.getParameterMetaData().getParameterCount();
      return parameters < 0 || actual == parameters
          ? Optional.empty()
          : Optional.of(actual + " parameters for " + parameters + " bindings");
    } catch (SQLException e) {
      return Optional.of(e.getSQLState() + " " + e.getMessage());
    }
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static List<String> blocks() throws IOException {
    try (InputStream in = DerbyPlansTest.class.getResourceAsStream("derby-plans.txt")) {
      String all = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return List.of(all.strip().split("\n\n+", -1));
    }
  }
}
