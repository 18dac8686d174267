package io.pollux.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.pollux.sql.CapturePlan;
import io.pollux.sql.Catalogue;
import io.pollux.sql.Classifier;
import io.pollux.sql.Column;
import io.pollux.sql.Column.Identity;
import io.pollux.sql.EveryTable;
import io.pollux.sql.Template;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** Texts of any kind, against a catalogue in which every name is a table. */
class DerbyClassifierTest {
  private final Classifier classifier = new Classifier(DerbyFacts.SQL);

  private final Catalogue everything =
      new EveryTable(
          new Column("A", Types.INTEGER, "INTEGER", false, "", Identity.ALWAYS, false),
          new Column("B", Types.INTEGER, "INTEGER", true, "'x", Identity.NONE, false),
          new Column("C", Types.DATE, "DATE", true, "CURRENT_DATE", Identity.NONE, false));

  @Property(tries = 5000)
  void anyTextHasAPlan(@ForAll("texts") String sql) throws SQLException {
    CapturePlan plan = classifier.classify(sql, everything);
    assertNotNull(plan);
    for (var bound : PlanBounds.of(plan)) {
      long marks = bound.sql().chars().filter(c -> c == '?').count();
      assertEquals(marks, bound.bindings().size(), () -> bound + " of " + sql);
    }
  }

  @Property(tries = 5000)
  void aTextAndItsTemplateHavePlansOfOneKind(@ForAll("texts") String sql) throws SQLException {
    CapturePlan template = classifier.classify(Template.of(sql, DerbyFacts.SQL), everything);
    assertEquals(classifier.classify(sql, everything).getClass(), template.getClass());
  }

  @Property(tries = 2000)
  void aTextThatBeginsLikeAWriteIsNeverAPass(
      @ForAll("writes") String start, @ForAll("texts") String rest) throws SQLException {
    CapturePlan plan = classifier.classify(start + " " + rest, everything);
    assertEquals(false, plan instanceof CapturePlan.Pass, () -> start + " " + rest);
  }

  @Provide
  Arbitrary<String> writes() {
    return Arbitraries.of(
        "INSERT",
        "insert into",
        "UPDATE T SET",
        "DELETE",
        "/**/DELETE FROM",
        "--\nMERGE",
        "CALL",
        "{call",
        "CREATE",
        "ALTER TABLE",
        "DROP",
        "TRUNCATE",
        "GRANT",
        "RENAME",
        "EXECUTE");
  }

  /** No question marks inside quotes or comments, so that they can be counted. */
  @Provide
  Arbitrary<String> texts() {
    Arbitrary<String> words =
        Arbitraries.of(
            "INSERT",
            "INTO",
            "UPDATE",
            "DELETE",
            "FROM",
            "T",
            "SET",
            "WHERE",
            "VALUES",
            "SELECT",
            "A",
            "B",
            "C",
            "=",
            ",",
            "(",
            ")",
            "?",
            "1",
            "'x'",
            "\"A\"",
            "AND",
            "OR",
            "NOT",
            "BETWEEN",
            "IN",
            "CASE",
            "WHEN",
            "END",
            "DEFAULT",
            "NULL",
            "CURRENT",
            "TIMESTAMP",
            "CURRENT_DATE",
            "USER",
            "NEXT",
            "VALUE",
            "FOR",
            "Q",
            ".",
            "{",
            "}",
            "fn",
            "curdate",
            "AS",
            "X",
            "OF",
            "ALTER",
            "TABLE",
            "ADD",
            "COLUMN",
            "CREATE",
            "VIEW",
            "SEQUENCE",
            "IDENTITY",
            "INCREMENT",
            "BY",
            "-",
            "CYCLE",
            "SESSION",
            "POLLUX",
            "CALL",
            "UNION",
            "CAST",
            "1E5",
            "/* x */",
            "-- x\n",
            "'",
            "\"",
            ";",
            "LOCK",
            "DROP",
            "||",
            "MERGE");
    return Arbitraries.oneOf(
        words.list().ofMaxSize(25).map(list -> String.join(" ", list)),
        Arbitraries.strings().ofMaxLength(20).map(text -> text.replace("?", "")));
  }

  @Test
  void deepOrLongTextsTakeNoStackAndLinearTime() {
    int many = 100_000;
    List<String> texts =
        List.of(
            "UPDATE T SET B = " + "(".repeat(many) + "1" + ")".repeat(many),
            "DELETE FROM T WHERE " + "(".repeat(many) + "A = 1" + ")".repeat(many),
            "DELETE FROM T WHERE A = 1" + " AND (A = 1".repeat(many) + ")".repeat(many),
            "DELETE FROM T WHERE B IN "
                + "(SELECT B FROM T WHERE B IN ".repeat(many / 10)
                + "(1)"
                + ")".repeat(many / 10),
            "INSERT INTO T (B, C) VALUES (?, CURRENT_DATE)" + ", (?, CURRENT_DATE)".repeat(many),
            "INSERT INTO T (B) VALUES (" + "1 + ".repeat(many) + "1)",
            "INSERT INTO T (B) SELECT ?" + " UNION ALL SELECT ?".repeat(many) + " FROM T",
            "SELECT " + "NEXT VALUE ".repeat(many),
            "CREATE TABLE X (A INTEGER GENERATED ALWAYS AS IDENTITY"
                + " CYCLE".repeat(0)
                + ")"
                + " NO CYCLE".repeat(many),
            "UPDATE T SET B = 1" + ", B = 1".repeat(many) + " WHERE A = 1");
    for (String sql : texts) {
      assertTimeoutPreemptively(
          Duration.ofSeconds(20), () -> classifier.classify(sql, everything), sql.substring(0, 60));
    }
  }

  @Test
  void aDefaultThatCanNotBeReadIsNotTakenForAConstant() throws SQLException {
    assertInstanceOf(
        CapturePlan.InsertSelect.class,
        classifier.classify("INSERT INTO T (C) VALUES (CURRENT_DATE)", everything));
  }
}
