package io.pollux.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.pollux.sql.CapturePlan;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is said of a database before anybody goes live. */
class CheckCommandTest {
  @TempDir private Path temp;

  private record Answer(int code, String out, String err) {}

  private static Answer run(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code =
        PolluxMain.commandLine(new PrintWriter(out, true), new PrintWriter(err, true))
            .execute(arguments);
    return new Answer(code, out.toString(), err.toString());
  }

  private static void create(String url, String... statements) throws Exception {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  private static String plan(JsonNode table, String write) {
    for (JsonNode each : table.path("writes")) {
      if (each.path("write").asText().equals(write)) {
        return each.path("plan").asText();
      }
    }
    return "none";
  }

  @ParameterizedTest
  @ValueSource(strings = {"jdbc:h2:", "jdbc:hsqldb:file:", "jdbc:sqlite:"})
  void aDatabaseThatCanBeCapturedIsSaidToBe(String engine) throws Exception {
    String url = engine + temp.resolve("app");
    create(
        url + (engine.contains("hsqldb") ? ";shutdown=true" : ""),
        "CREATE TABLE ITEM (ID INT NOT NULL PRIMARY KEY, V INT, S VARCHAR(20) DEFAULT 'x')");
    Answer answer = run("check", url, "--json");
    assertEquals(0, answer.code(), answer.toString());
    JsonNode document = Output.MAPPER.readTree(answer.out());
    assertEquals(0, document.path("refused").asInt());
    JsonNode table = document.path("tables").get(0);
    assertTrue(table.path("key").get(0).asText().equalsIgnoreCase("ID"), answer.out());
    assertEquals("REPLAY", plan(table, "UPDATE of a row"));
    assertEquals("KEYS", plan(table, "UPDATE of several"));
  }

  @Test
  void whatWouldBeRefusedStandsThereWithItsReasonAndEndsWithOne() throws Exception {
    String url = "jdbc:derby:" + temp.resolve("app");
    create(
        url + ";create=true",
        "CREATE TABLE ITEM (ID INT NOT NULL PRIMARY KEY, V INT)",
        "CREATE TABLE SEEN (ID INT)",
        "CREATE TRIGGER COUNTS AFTER INSERT ON ITEM REFERENCING NEW AS N FOR EACH ROW"
            + " INSERT INTO SEEN VALUES (N.ID)");
    Path texts = temp.resolve("texts.sql");
    Files.writeString(
        texts,
        """
        SELECT * FROM ITEM;
        UPDATE SEEN
           SET ID = ID + 1;
        CALL SYSCS_UTIL.SYSCS_EMPTY_STATEMENT_CACHE();
        """);
    Answer answer =
        run("check", "jdbc:pollux:derby:" + temp.resolve("app"), "--statements", texts.toString());
    assertEquals(1, answer.code(), answer.toString());
    assertTrue(answer.out().contains("table APP.ITEM: key ID; triggers COUNTS"), answer.out());
    assertTrue(answer.out().contains("table APP.SEEN: no key"), answer.out());
    assertTrue(answer.out().contains("  PASS      SELECT * FROM ITEM"), answer.out());
    assertTrue(answer.out().contains("it fires the triggers [COUNTS]"), answer.out());
  }

  @Test
  void everyPlanHasAWord() {
    assertEquals(Set.of(CapturePlan.class.getPermittedSubclasses()), CaptureReport.WORDS.keySet());
  }

  @Test
  void aDatabaseThatIsNotThereIsNotCreated() {
    Answer answer = run("check", "jdbc:sqlite:" + temp.resolve("missing"));
    assertEquals(2, answer.code(), answer.toString());
    assertTrue(Files.notExists(temp.resolve("missing")));
    assertEquals(1, answer.err().lines().count(), answer.err());
  }

  @Test
  void aFileThatIsNotThereIsAWrongUse() {
    assertEquals(
        2, run("check", "jdbc:sqlite:x", "--statements", temp.resolve("none").toString()).code());
  }
}
