package io.pollux.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pollux.core.SqlValue;
import io.pollux.core.TableName;
import io.pollux.sql.Binding.ClockKind;
import io.pollux.sql.Table;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.Collections;
import java.util.List;
import java.util.Properties;
import java.util.TimeZone;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever is stored in a type of the engine: it is read and bound with the same bits, in every
 * zone.
 */
abstract class ValuesTest {
  /**
   * An engine under test.
   *
   * @param columns of one of each type
   * @param odd columns of types that can't be carried
   */
  record Engine(Dialect dialect, String url, String columns, List<String> odd) {}

  private final Engine engine = engine();
  private final Dialect dialect = engine.dialect();
  private final TimeZone zone = TimeZone.getDefault();
  private Connection connection;

  abstract Engine engine();

  /** Rows of {@link Engine#columns}. */
  abstract List<List<SqlValue>> rows();

  @BeforeEach
  void open() throws SQLException {
    connection = DriverManager.getConnection(engine.url());
  }

  @AfterEach
  void close() throws SQLException {
    TimeZone.setDefault(zone);
    connection.close();
    dialect.shutdown(engine.url(), new Properties());
  }

  private List<List<SqlValue>> select(String table) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery("SELECT * FROM " + table)) {
      return PlanRunner.rows(dialect, result);
    }
  }

  private void insert(String table, List<List<SqlValue>> rows) throws SQLException {
    String marks = String.join(", ", Collections.nCopies(rows.get(0).size(), "?"));
    try (PreparedStatement insert =
        connection.prepareStatement("INSERT INTO " + table + " VALUES (" + marks + ")")) {
      for (List<SqlValue> row : rows) {
        for (int i = 0; i < row.size(); i++) {
          dialect.bind(insert, i + 1, row.get(i));
        }
        insert.executeUpdate();
      }
    }
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"UTC", "Europe/Berlin", "America/Sao_Paulo", "Pacific/Apia"})
  void whatIsBoundIsReadAndBoundAgainWithTheSameBits(String zoneId) throws SQLException {
    TimeZone.setDefault(TimeZone.getTimeZone(zoneId));
    execute("CREATE TABLE ORIGIN (" + engine.columns() + ")");
    execute("CREATE TABLE COPY_OF_IT (" + engine.columns() + ")");
    insert("ORIGIN", rows());
    execute("INSERT INTO ORIGIN (I) VALUES (NULL)");
    List<List<SqlValue>> once = select("ORIGIN");
    for (int row = 0; row < rows().size(); row++) {
      for (int i = 0; i < rows().get(row).size(); i++) {
        assertEquals(rows().get(row).get(i), once.get(row).get(i), "column " + (i + 1));
      }
    }
    TimeZone.setDefault(TimeZone.getTimeZone("America/New_York"));
    insert("COPY_OF_IT", once);
    assertEquals(once, select("COPY_OF_IT"));
  }

  @Test
  void aTypeThatCanNotBeCarriedIsKnown() throws SQLException {
    for (String column : engine.odd()) {
      execute("CREATE TABLE ODD (ID INTEGER PRIMARY KEY, A " + column + ")");
      Table odd = dialect.catalogue(connection).table(new TableName("PUBLIC", "ODD")).orElseThrow();
      int type = odd.column("A").orElseThrow().jdbcType();
      assertTrue(dialect.facts().unsupportedTypes().contains(type), column);
      execute("DROP TABLE ODD");
    }
  }

  @Test
  void theClockIsWhatTheEngineWouldHaveStored() throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result =
            statement.executeQuery(
                "VALUES (LOCALTIMESTAMP, CURRENT_DATE, LOCALTIME, LOCALTIMESTAMP)")) {
      result.next();
      LocalDateTime engine = result.getObject(1, LocalDateTime.class);
      Instant moment = engine.atZone(java.time.ZoneId.systemDefault()).toInstant();
      assertEquals(new SqlValue.Timestamp(engine), dialect.clockNow(ClockKind.TIMESTAMP, moment));
      assertEquals(
          new SqlValue.Date(result.getObject(2, LocalDate.class)),
          dialect.clockNow(ClockKind.DATE, moment));
      assertEquals(
          new SqlValue.Time(result.getObject(3, LocalTime.class)),
          dialect.clockNow(ClockKind.TIME, moment));
      assertEquals(Types.TIMESTAMP, result.getMetaData().getColumnType(4));
    }
  }
}
