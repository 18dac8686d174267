package io.pollux.samples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LedgerTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jdbc:derby:memory:ledger;create=true",
        "jdbc:h2:mem:ledger;DB_CLOSE_DELAY=-1",
        "jdbc:hsqldb:mem:ledger"
      })
  void transfersAddUpAndEachAcknowledgedOneIsFound(String url, @TempDir Path folder)
      throws IOException {
    Path acks = folder.resolve("acks");
    assertEquals(0, run(url, "--seconds=1", "--acks=" + acks));
    List<String> acknowledged = Files.readAllLines(acks);
    assertFalse(acknowledged.isEmpty());
    assertEquals(0, run(url, "--check=" + acks));
    Files.writeString(acks, acknowledged.get(0) + "\nnever-made\n");
    assertEquals(1, run(url, "--check=" + acks));
  }

  @Test
  void moneyFromNowhereIsNoticed() throws SQLException {
    String url = "jdbc:h2:mem:forged;DB_CLOSE_DELAY=-1";
    assertEquals(0, run(url, "--seconds=0"));
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      statement.execute("UPDATE ledger_account SET balance = balance + 1 WHERE id = 0");
    }
    assertEquals(1, run(url, "--seconds=0"));
  }

  private static int run(String... arguments) {
    return Program.of(new Ledger()).execute(arguments);
  }
}
