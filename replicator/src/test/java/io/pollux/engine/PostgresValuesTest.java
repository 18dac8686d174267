package io.pollux.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.pollux.core.SqlValue;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PostgresValuesTest {
  private static final String VALUES =
      """
      smallint | '-32768'
      bigint | '-9223372036854775808'
      numeric(20,5) | '1.50000'
      numeric | '1.500'
      numeric | 'NaN'
      numeric | '123456789012345678901234567890.000000000000000000001'
      real | '-0'
      real | '1e-45'
      double precision | 'NaN'
      double precision | '-0'
      double precision | '-Infinity'
      double precision | '0.1'
      boolean | 'true'
      char(5) | 'ab'
      char(5) | ''
      varchar(5) | ' a '
      text | ''
      text | 'ä€𝄞'
      bytea | '\\x00ff10'
      date | '0044-03-15 BC'
      date | 'infinity'
      time | '23:59:59.999999'
      timetz | '01:02:03.000001+05:30'
      timestamp | '1582-10-10 02:30:00.000001'
      timestamp | '-infinity'
      timestamp | '0044-03-15 12:00:00 BC'
      timestamptz | '2024-03-31 02:30:00.123456+07'
      timestamptz | 'infinity'
      interval | '1 year 2 mons -3 days 04:05:06.000007'
      uuid | '00000000-0000-0000-0000-00000000000a'
      json | '{"a":  1}'
      jsonb | '{"a": 1.50}'
      xml | '<a>1</a>'
      int[] | '{{1,2},{3,NULL}}'
      text[] | '{a,b c,NULL}'
      float8[] | '{NaN,-0,0.1}'
      bit(3) | '101'
      varbit | '1'
      inet | '10.0.0.1/8'
      int4range | '[1,5)'
      point | '(1,2)'
      mood | 'sad'
      """;

  private final Dialect dialect = new PostgresDialect();
  private Connection connection;
  private Statement statement;

  @BeforeEach
  void open() throws SQLException {
    connection = DriverManager.getConnection(PostgresServers.database());
    statement = connection.createStatement();
  }

  @AfterEach
  void close() throws SQLException {
    connection.close();
  }

  /** The exact text that the server has, bits of numbers included. */
  private List<String> stored(String column) throws SQLException {
    List<String> texts = new ArrayList<>();
    try (ResultSet result = statement.executeQuery("SELECT " + column + "::text FROM t")) {
      while (result.next()) {
        texts.add(result.getString(1));
      }
    }
    return texts;
  }

  private SqlValue read(String column) throws SQLException {
    try (ResultSet result = statement.executeQuery("SELECT " + column + " FROM t LIMIT 1")) {
      result.next();
      return dialect.read(result, 1, result.getMetaData().getColumnType(1));
    }
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = VALUES)
  void aStoredValueIsBoundAsTheSameBits(String type, String literal) throws SQLException {
    statement.execute("CREATE TYPE mood AS ENUM ('sad', 'happy')");
    statement.execute("CREATE TABLE t (a " + type + ", b int)");
    statement.execute("INSERT INTO t (a) VALUES (" + literal + ")");
    SqlValue value = read("a");
    try (PreparedStatement insert = connection.prepareStatement("INSERT INTO t (a) VALUES (?)");
        PreparedStatement update = connection.prepareStatement("UPDATE t SET a = ?, b = 1")) {
      dialect.bind(insert, 1, value);
      insert.executeUpdate();
      dialect.bind(insert, 1, new SqlValue.Null(Types.NULL));
      insert.executeUpdate();
      List<String> first = stored("a");
      assertEquals(first.get(0), first.get(1));
      assertNull(first.get(2));
      dialect.bind(update, 1, value);
      assertEquals(3, update.executeUpdate());
      assertEquals(List.of(first.get(0), first.get(0), first.get(0)), stored("a"));
    }
    assertEquals(value, read("a"));
  }

  @ParameterizedTest
  @CsvSource({"char(5), ab", "text, ab", "uuid, 00000000-0000-0000-0000-00000000000a", "mood, sad"})
  void aValueFindsItsRowAgain(String type, String text) throws SQLException {
    statement.execute("CREATE TYPE mood AS ENUM ('sad', 'happy')");
    statement.execute("CREATE TABLE t (a " + type + ")");
    statement.execute("INSERT INTO t VALUES ('" + text + "')");
    try (PreparedStatement delete = connection.prepareStatement("DELETE FROM t WHERE a = ?")) {
      dialect.bind(delete, 1, read("a"));
      assertEquals(1, delete.executeUpdate());
    }
  }

  @Test
  void aParameterIsSentAsTheDriverSendsIt() throws SQLException {
    statement.execute("CREATE TABLE t (a timestamp, b timestamptz, c bigint, d uuid)");
    Timestamp moment = Timestamp.valueOf("2024-10-27 02:30:00.123456");
    UUID uuid = UUID.fromString("00000000-0000-0000-0000-00000000000a");
    ZoneId zone = ZoneId.systemDefault();
    try (PreparedStatement insert =
        connection.prepareStatement("INSERT INTO t VALUES (?, ?, ?, ?)")) {
      insert.setTimestamp(1, moment);
      insert.setTimestamp(2, moment);
      insert.setLong(3, 5);
      insert.setObject(4, uuid);
      insert.executeUpdate();
      SqlValue carried = dialect.parameter(moment, Types.TIMESTAMP, zone).orElseThrow();
      dialect.bind(insert, 1, carried);
      dialect.bind(insert, 2, carried);
      dialect.bind(insert, 3, dialect.parameter(5L, Types.BIGINT, zone).orElseThrow());
      dialect.bind(insert, 4, dialect.parameter(uuid, Types.NULL, zone).orElseThrow());
      insert.executeUpdate();
    }
    List<String> rows = stored("t");
    assertEquals(rows.get(0), rows.get(1));
    assertInstanceOf(SqlValue.Whole.class, read("c"));
  }
}
