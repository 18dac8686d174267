package io.pollux.samples;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QuartzJobsTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jdbc:derby:memory:quartz;create=true",
        "jdbc:h2:mem:quartz;DB_CLOSE_DELAY=-1",
        "jdbc:hsqldb:mem:quartz"
      })
  void aSecondStartFinishesWhatTheFirstLeftAndRepeatsNothing(String url) throws SQLException {
    assertEquals(1, run(url, "--jobs=8", "--spread-millis=2500", "--timeout-seconds=0"));
    assertEquals(0, run(url, "--jobs=8", "--timeout-seconds=60"));
    assertEquals(0, run(url, "--jobs=8", "--timeout-seconds=0"));
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement();
        ResultSet left = statement.executeQuery("SELECT COUNT(*) FROM QRTZ_TRIGGERS")) {
      left.next();
      assertEquals(0, left.getInt(1));
    }
  }

  private static int run(String... arguments) {
    return Program.of(new QuartzJobs()).execute(arguments);
  }
}
