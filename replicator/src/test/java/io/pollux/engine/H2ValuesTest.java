package io.pollux.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.pollux.core.SqlValue;
import io.pollux.sql.Binding.ClockKind;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Properties;
import java.util.TimeZone;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class H2ValuesTest {
  private static final String URL = "jdbc:h2:mem:values";

  private static final String COLUMNS =
      "TI TINYINT, SM SMALLINT, I INTEGER, BI BIGINT, NM NUMERIC(40, 10), DF DECFLOAT(20), R REAL,"
          + " D DOUBLE PRECISION, C CHAR(5), V VARCHAR(200), VI VARCHAR_IGNORECASE(20), CL CLOB,"
          + " B BINARY(4), VB VARBINARY(300), BL BLOB, U UUID, E ENUM('a', 'b'), DT DATE, TM TIME(9),"
          + " TS TIMESTAMP(9), TZ TIMESTAMP(9) WITH TIME ZONE, BO BOOLEAN";

  private final Dialect dialect = new H2Dialect();
  private final TimeZone zone = TimeZone.getDefault();
  private Connection connection;

  @BeforeEach
  void open() throws SQLException {
    connection = DriverManager.getConnection(URL);
  }

  @AfterEach
  void close() throws SQLException {
    TimeZone.setDefault(zone);
    connection.close();
    dialect.shutdown(URL, new Properties());
  }

  private static List<SqlValue> row(int number, String text, byte[] bytes, LocalDateTime moment) {
    return List.of(
        new SqlValue.Whole(number % 100),
        new SqlValue.Whole(number),
        new SqlValue.Whole(number * 65_536L),
        new SqlValue.Whole(Long.MIN_VALUE + number + 32_768),
        new SqlValue.Exact(new BigDecimal(number + "12345678901234567890.1234567890")),
        new SqlValue.Exact(new BigDecimal("1.5E-30")),
        new SqlValue.Float32(number * 0.1f),
        new SqlValue.Float64(number > 0 ? Double.MIN_VALUE : Double.NaN),
        new SqlValue.Text("ab   "),
        new SqlValue.Text(text),
        new SqlValue.Text("MiXed"),
        new SqlValue.Text(text.repeat(500)),
        new SqlValue.Bytes(new byte[] {1, 2, 3, 4}),
        new SqlValue.Bytes(bytes),
        new SqlValue.Bytes(bytes.length == 300 ? new byte[100_000] : bytes),
        new SqlValue.Bytes(new byte[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, -1}),
        new SqlValue.Text("b"),
        new SqlValue.Date(moment.toLocalDate()),
        new SqlValue.Time(moment.toLocalTime()),
        new SqlValue.Timestamp(moment),
        new SqlValue.ZonedTimestamp(OffsetDateTime.parse("2024-10-27T02:30:00.000000001+02:00")),
        new SqlValue.Bool(number > 0));
  }

  private static List<List<SqlValue>> rows() {
    List<List<SqlValue>> rows = new ArrayList<>();
    rows.add(row(1, "", new byte[0], LocalDateTime.parse("2024-03-31T02:30:00.123456789")));
    rows.add(
        row(
            0,
            "o'brien \u0000 \ud83d\ude00 ä",
            new byte[] {0, -1},
            LocalDateTime.parse("1582-10-10T00:00")));
    rows.add(row(-327, "x".repeat(200), new byte[300], LocalDateTime.parse("0001-01-01T00:00")));
    rows.add(row(327, "y", new byte[300], LocalDateTime.parse("9999-12-31T23:59:59.999999999")));
    return rows;
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
    execute("CREATE TABLE ORIGIN (" + COLUMNS + ")");
    execute("CREATE TABLE COPY_OF_IT (" + COLUMNS + ")");
    insert("ORIGIN", rows());
    execute("INSERT INTO ORIGIN (TI) VALUES (NULL)");
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
  void aTypeThatCanNotBeCarriedIsRefused() throws SQLException {
    execute("CREATE TABLE ODD (J JSON, Y INTERVAL DAY, A INTEGER ARRAY)");
    execute("INSERT INTO ODD VALUES (JSON '1', INTERVAL '1' DAY, ARRAY[1])");
    assertThrows(SQLFeatureNotSupportedException.class, () -> select("ODD"));
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
