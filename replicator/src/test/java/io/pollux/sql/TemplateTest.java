package io.pollux.sql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.pollux.core.PolluxException;
import io.pollux.engine.Dialects;
import org.junit.jupiter.api.Test;

class TemplateTest {
  private static String template(String sql) throws PolluxException {
    return Template.of(sql, Dialects.forUrl("jdbc:derby:memory:x").facts());
  }

  @Test
  void literalsAreReplacedAndNothingElseIs() throws PolluxException {
    assertEquals(
        "INSERT INTO T1 VALUES (0.0, '', X'', ?) /* 'kept' 7 */ , \"5\"",
        template("INSERT INTO T1 VALUES (17.5, 'it''s', X'AF', ?) /* 'kept' 7 */ , \"5\""));
  }

  @Test
  void anExponentStaysOneBecauseThePlanDependsOnIt() throws PolluxException {
    assertEquals("A = 0.0e+0 AND B = 0", template("A = 12.5e+7 AND B = 12"));
  }

  @Test
  void aTextWithoutLiteralsIsItsOwnTemplate() throws PolluxException {
    String sql = "UPDATE T SET A = ? WHERE ID = ?";
    assertSame(sql, template(sql));
  }

  @Test
  void aLiteralThatTouchesItsNeighbourDoesNotGrowTogetherWithIt() throws PolluxException {
    assertEquals("A >.0.X OR B = 0.", template("A >.1.X OR B = 17."));
  }

  @Test
  void whatCannotBeReadStays() throws PolluxException {
    assertEquals("A = 'open", template("A = 'open"));
  }
}
