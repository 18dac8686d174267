package io.pollux.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pollux.core.Change;
import io.pollux.core.Change.Generator;
import io.pollux.core.Change.GeneratorKind;
import io.pollux.core.Change.ParameterSet;
import io.pollux.core.SqlValue;
import io.pollux.core.TableName;
import java.util.List;
import org.junit.jupiter.api.Test;

class TransactionCaptureTest {
  private static final TableName TABLE = new TableName("APP", "T");
  private final TransactionCapture capture = new TransactionCapture();

  private static Change.Statement insert(String sql, long... values) {
    List<ParameterSet> sets =
        java.util.Arrays.stream(values)
            .mapToObj(value -> new ParameterSet(List.of(new SqlValue.Whole(value)), 1))
            .toList();
    return new Change.Statement("APP", TABLE, sql, sets);
  }

  @Test
  void neighboursOfOneTextAreFoldedAndTheirOrderIsKept() {
    capture.add(insert("a", 1));
    capture.add(insert("a", 2));
    capture.add(insert("b", 3));
    capture.add(new Change.Ddl("APP", "c"));
    capture.add(insert("a", 4));
    assertEquals(
        List.of(insert("a", 1, 2), insert("b", 3), new Change.Ddl("APP", "c"), insert("a", 4)),
        capture.folded());
  }

  @Test
  void whatCameAfterAMarkIsForgottenButItsKeysStaySpent() {
    capture.add(insert("a", 1));
    int mark = capture.mark();
    capture.add(insert("a", 2));
    capture.identityDrawn(TABLE, 2);
    capture.rollbackTo(mark);
    assertEquals(List.of(insert("a", 1)), capture.folded());
    assertEquals(List.of(new Generator(GeneratorKind.IDENTITY, TABLE, 2)), capture.identityMarks());
  }

  @Test
  void theHighestKeyOfATableIsItsMark() {
    capture.identityDrawn(TABLE, 5);
    capture.identityDrawn(TABLE, 3);
    assertEquals(List.of(new Generator(GeneratorKind.IDENTITY, TABLE, 5)), capture.identityMarks());
  }

  @Test
  void spentKeysTravelWithTheNextTransaction() {
    SpentGenerators spent = new SpentGenerators();
    capture.identityDrawn(TABLE, 5);
    spent.takeFrom(capture);
    capture.clear();
    assertTrue(capture.isEmpty());
    spent.moveTo(capture);
    assertEquals(List.of(new Generator(GeneratorKind.IDENTITY, TABLE, 5)), capture.identityMarks());
    TransactionCapture later = new TransactionCapture();
    spent.moveTo(later);
    assertFalse(later.identities().containsKey(TABLE));
  }
}
