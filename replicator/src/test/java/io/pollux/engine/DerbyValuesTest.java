package io.pollux.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.TimeZone;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DerbyValuesTest {
  private static final String COLUMNS =
      "SM SMALLINT, I INTEGER, BI BIGINT, DC DECIMAL(31, 10), NM NUMERIC(5, 2), R REAL, D DOUBLE,"
          + " C CHAR(5), V VARCHAR(200), LV LONG VARCHAR, CL CLOB, CB CHAR(5) FOR BIT DATA,"
          + " VB VARCHAR(300) FOR BIT DATA, LB LONG VARCHAR FOR BIT DATA, BL BLOB, DT DATE, TM TIME,"
          + " TS TIMESTAMP, BO BOOLEAN";

  private static final List<LocalDateTime> MOMENTS =
      List.of(
          LocalDateTime.parse("2024-03-31T02:30:00.123456789"), // skipped in Berlin
          LocalDateTime.parse("2024-10-27T02:30"), // twice in Berlin
          LocalDateTime.parse("1582-10-10T00:00"), // skipped by the Gregorian reform
          LocalDateTime.parse("0001-01-01T00:00"),
          LocalDateTime.parse("9999-12-31T23:59:59.999999999"),
          LocalDateTime.parse("1893-04-01T00:03"),
          LocalDateTime.parse("2018-11-04T00:15")); // skipped in São Paulo

  private final Dialect dialect = new DerbyDialect();
  private final TimeZone zone = TimeZone.getDefault();
  private Connection connection;

  @BeforeEach
  void open() throws SQLException {
    connection = DriverManager.getConnection("jdbc:derby:memory:values;create=true");
  }

  @AfterEach
  void close() throws SQLException {
    TimeZone.setDefault(zone);
    connection.close();
    dialect.shutdown("jdbc:derby:memory:values", new Properties());
    assertThrows(
        SQLException.class,
        () -> DriverManager.getConnection("jdbc:derby:memory:values;drop=true").close());
  }

  private static List<List<SqlValue>> rows() {
    List<List<SqlValue>> rows = new ArrayList<>();
    rows.add(row(1, "", new byte[0], MOMENTS.get(0)));
    rows.add(
        row(
            -32768,
            "o'brien \u0000 \ud83d\ude00 ä",
            new byte[] {0, -1, 127, -128, 32},
            MOMENTS.get(1)));
    for (LocalDateTime moment : MOMENTS) {
      rows.add(row(32767, "x".repeat(200), new byte[300], moment));
    }
    List<SqlValue> nulls = new ArrayList<>();
    for (int type : TYPES) {
      nulls.add(new SqlValue.Null(type));
    }
    rows.add(nulls);
    return rows;
  }

  private static final int[] TYPES = {
    Types.SMALLINT, Types.INTEGER, Types.BIGINT, Types.DECIMAL, Types.NUMERIC, Types.REAL,
    Types.DOUBLE, Types.CHAR, Types.VARCHAR, Types.LONGVARCHAR, Types.CLOB, Types.BINARY,
    Types.VARBINARY, Types.LONGVARBINARY, Types.BLOB, Types.DATE, Types.TIME, Types.TIMESTAMP,
    Types.BOOLEAN
  };

  private static List<SqlValue> row(int number, String text, byte[] bytes, LocalDateTime moment) {
    return List.of(
        new SqlValue.Whole(number),
        new SqlValue.Whole(number * 65_536L),
        new SqlValue.Whole(Long.MIN_VALUE + number + 32_768),
        new SqlValue.Exact(new BigDecimal(number + ".1234567890")),
        new SqlValue.Exact(new BigDecimal("-999.99")),
        new SqlValue.Float32(number * 0.1f),
        new SqlValue.Float64(number > 0 ? Double.MIN_VALUE : -Double.MAX_VALUE),
        new SqlValue.Text("ab   "),
        new SqlValue.Text(text),
        new SqlValue.Text(text),
        new SqlValue.Text(text.repeat(500)),
        new SqlValue.Bytes(new byte[] {1, 2, 3, 4, 5}),
        new SqlValue.Bytes(bytes),
        new SqlValue.Bytes(bytes),
        new SqlValue.Bytes(bytes.length == 300 ? new byte[100_000] : bytes),
        new SqlValue.Date(moment.toLocalDate()),
        new SqlValue.Time(moment.toLocalTime().withNano(0)),
        new SqlValue.Timestamp(moment),
        new SqlValue.Bool(number > 0));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"UTC", "Europe/Berlin", "America/Sao_Paulo", "Pacific/Apia", "Asia/Kolkata"})
  void whatIsBoundIsReadAndBoundAgainWithTheSameBits(String zoneId) throws SQLException {
    TimeZone.setDefault(TimeZone.getTimeZone(zoneId));
    execute("CREATE TABLE ORIGIN (" + COLUMNS + ")");
    execute("CREATE TABLE COPY_OF_IT (" + COLUMNS + ")");
    insert("ORIGIN", rows());
    List<List<SqlValue>> once = select("ORIGIN");
    assertEquals(rows(), once);
    TimeZone.setDefault(TimeZone.getTimeZone("America/New_York"));
    insert("COPY_OF_IT", once);
    assertEquals(rows(), select("COPY_OF_IT"));
  }

  @Test
  void aTimeInUtcIsWhatTheEngineShowsAsText() throws SQLException {
    TimeZone.setDefault(TimeZone.getTimeZone("UTC"));
    execute("CREATE TABLE SHOWN (DT DATE, TM TIME, TS TIMESTAMP)");
    try (PreparedStatement insert =
        connection.prepareStatement("INSERT INTO SHOWN VALUES (?, ?, ?)")) {
      dialect.bind(insert, 1, new SqlValue.Date(LocalDate.parse("2024-03-31")));
      dialect.bind(insert, 2, new SqlValue.Time(LocalTime.parse("02:30:07")));
      dialect.bind(insert, 3, new SqlValue.Timestamp(LocalDateTime.parse("2024-03-31T02:30:07.5")));
      insert.executeUpdate();
    }
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery("SELECT * FROM SHOWN")) {
      result.next();
      assertEquals("2024-03-31", result.getString(1));
      assertEquals("02:30:07", result.getString(2));
      assertEquals("2024-03-31 02:30:07.5", result.getString(3));
    }
  }

  @Test
  void aNullWithoutATypeTakesTheTypeOfItsColumn() throws SQLException {
    execute("CREATE TABLE UNTYPED (I INTEGER, B BLOB, TS TIMESTAMP)");
    try (PreparedStatement insert =
        connection.prepareStatement("INSERT INTO UNTYPED VALUES (?, ?, ?)")) {
      for (int i = 1; i <= 3; i++) {
        dialect.bind(insert, i, new SqlValue.Null(i == 1 ? Types.NULL : Types.OTHER));
      }
      assertEquals(1, insert.executeUpdate());
    }
  }

  @Test
  void aTypeThatCanNotBeCarriedIsRefused() throws SQLException {
    execute("CREATE TABLE NUMBERS (I INTEGER)");
    try (PreparedStatement insert = connection.prepareStatement("INSERT INTO NUMBERS VALUES (?)");
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery("VALUES 1")) {
      result.next();
      assertThrows(
          SQLFeatureNotSupportedException.class, () -> dialect.read(result, 1, Types.SQLXML));
      SqlValue zoned =
          new SqlValue.ZonedTimestamp(java.time.OffsetDateTime.parse("2024-03-31T02:30:00+02:00"));
      assertThrows(SQLFeatureNotSupportedException.class, () -> dialect.bind(insert, 1, zoned));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"UTC", "Asia/Kolkata"})
  void theClockIsWhatTheEngineWouldHaveStored(String zoneId) throws SQLException {
    TimeZone.setDefault(TimeZone.getTimeZone(zoneId));
    Instant before = Instant.now();
    LocalDateTime engine;
    try (Statement statement = connection.createStatement();
        ResultSet result =
            statement.executeQuery("VALUES (CURRENT_TIMESTAMP, CURRENT_DATE, CURRENT_TIME)")) {
      result.next();
      engine = ((SqlValue.Timestamp) dialect.read(result, 1, Types.TIMESTAMP)).value();
      assertEquals(new SqlValue.Date(engine.toLocalDate()), dialect.read(result, 2, Types.DATE));
      assertEquals(
          new SqlValue.Time(engine.toLocalTime().withNano(0)), dialect.read(result, 3, Types.TIME));
    }
    LocalDateTime ours =
        ((SqlValue.Timestamp) dialect.clockNow(ClockKind.TIMESTAMP, before)).value();
    assertEquals(engine.truncatedTo(ChronoUnit.MILLIS), engine, "the engine counts milliseconds");
    assertEquals(ours.truncatedTo(ChronoUnit.MILLIS), ours);
    long apart = Duration.between(ours, engine).toMillis();
    assertTrue(apart >= 0 && apart < 10_000, () -> ours + " here, the engine " + engine);
    assertEquals(
        new SqlValue.Time(ours.toLocalTime().withNano(0)),
        dialect.clockNow(ClockKind.TIME, before));
    assertEquals(new SqlValue.Date(ours.toLocalDate()), dialect.clockNow(ClockKind.DATE, before));
  }

  private void insert(String table, List<List<SqlValue>> rows) throws SQLException {
    String marks = String.join(", ", java.util.Collections.nCopies(TYPES.length, "?"));
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

  private List<List<SqlValue>> select(String table) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery("SELECT * FROM " + table)) {
      return PlanRunner.rows(dialect, result);
    }
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
