package io.pollux.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pollux.core.Change;
import io.pollux.core.SqlValue;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.Blob;
import java.sql.Connection;
import java.sql.Date;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.Calendar;
import java.util.List;
import java.util.TimeZone;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is logged is what the database stored. */
class ParametersTest {
  private RecordingNode node;
  private Connection connection;

  @BeforeEach
  void openDatabase() throws Exception {
    node = new RecordingNode();
    node.prepare(
        "create table t (id int primary key, d double, n decimal(10,2), ts timestamp, dt date,"
            + " bits varchar(9) for bit data, bl blob, cl clob, w varchar(20))");
    connection = node.connect();
  }

  /** Sets one column of a new row. */
  private interface Setter {
    void set(PreparedStatement statement, int index) throws SQLException;
  }

  private SqlValue logged(String column, Setter setter) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement("insert into t (id, " + column + ") values (?, ?)")) {
      insert.setInt(1, node.rows("select id from t").size());
      setter.set(insert, 2);
      insert.executeUpdate();
    }
    Change.Statement change = (Change.Statement) node.gate.take().get(0);
    return change.sets().get(0).values().get(1);
  }

  @Test
  void eachSetterKeepsItsType() throws SQLException {
    assertEquals(new SqlValue.Float64(0.1), logged("d", (s, i) -> s.setDouble(i, 0.1)));
    assertEquals(new SqlValue.Float32(0.5f), logged("d", (s, i) -> s.setFloat(i, 0.5f)));
    BigDecimal exact = new BigDecimal("1.25");
    assertEquals(new SqlValue.Exact(exact), logged("n", (s, i) -> s.setBigDecimal(i, exact)));
    assertEquals(new SqlValue.Whole(7), logged("n", (s, i) -> s.setLong(i, 7)));
    assertEquals(
        new SqlValue.Bytes(new byte[] {1}),
        logged("bits", (s, i) -> s.setBytes(i, new byte[] {1})));
    assertEquals(new SqlValue.Null(Types.DATE), logged("dt", (s, i) -> s.setNull(i, Types.DATE)));
    assertEquals(
        new SqlValue.Date(LocalDate.of(2024, 2, 29)),
        logged("dt", (s, i) -> s.setDate(i, Date.valueOf("2024-02-29"))));
    assertEquals(
        new SqlValue.Exact(exact), logged("n", (s, i) -> s.setObject(i, "1.25", Types.DECIMAL)));
    assertEquals(new SqlValue.Text("x"), logged("w", (s, i) -> s.setObject(i, "x", Types.VARCHAR)));
  }

  @Test
  void aCalendarLogsTheFieldsThatAreStored() throws SQLException {
    Timestamp moment = Timestamp.valueOf("2024-05-06 07:08:09.123456789");
    Calendar tokyo = Calendar.getInstance(TimeZone.getTimeZone("Asia/Tokyo"));
    SqlValue.Timestamp value =
        (SqlValue.Timestamp) logged("ts", (s, i) -> s.setTimestamp(i, moment, tokyo));
    LocalDateTime stored =
        Timestamp.valueOf(node.rows("select ts from t").get(0)).toLocalDateTime();
    assertEquals(stored, value.value());
  }

  @Test
  void streamsAreLoggedAsFarAsTheyAreStored() throws SQLException {
    byte[] bytes = {1, 2, 3, 4};
    SqlValue.Bytes all = new SqlValue.Bytes(bytes);
    assertEquals(
        all, logged("bl", (s, i) -> s.setBinaryStream(i, new ByteArrayInputStream(bytes))));
    assertEquals(all, logged("bl", (s, i) -> s.setBlob(i, new ByteArrayInputStream(bytes), 4)));
    assertEquals(
        new SqlValue.Text("äöü"),
        logged("cl", (s, i) -> s.setCharacterStream(i, new StringReader("äöü"))));
    assertEquals(
        new SqlValue.Text("abc"),
        logged(
            "cl",
            (s, i) ->
                s.setAsciiStream(
                    i, new ByteArrayInputStream("abc".getBytes(StandardCharsets.US_ASCII)), 3)));
    assertEquals(List.of("4", "4"), node.rows("select length(bl) from t where bl is not null"));
    assertEquals(List.of("äöü", "abc"), node.rows("select cl from t where cl is not null"));
  }

  @Test
  void aLobIsLoggedAsItIsWhenTheStatementRuns() throws SQLException {
    connection.setAutoCommit(false);
    Blob blob = connection.createBlob();
    blob.setBytes(1, new byte[] {1, 2, 3});
    try (PreparedStatement insert =
        connection.prepareStatement("insert into t (id, bl) values (1, ?)")) {
      insert.setBlob(1, blob);
      blob.setBytes(1, new byte[] {9});
      insert.executeUpdate();
    }
    connection.commit();
    Change.Statement change = (Change.Statement) node.gate.take().get(0);
    assertEquals(List.of(new SqlValue.Bytes(new byte[] {9, 2, 3})), change.sets().get(0).values());
  }

  @Test
  void aStreamThatIsTriedAgainIsRunWithWhatWasRead() throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement("insert into t (id, bl) values (?, ?)")) {
      insert.setInt(1, 1);
      insert.setBinaryStream(2, new ByteArrayInputStream(new byte[] {5, 6}));
      insert.addBatch();
      insert.setInt(1, 2);
      insert.setBinaryStream(2, new ByteArrayInputStream(new byte[] {7}));
      insert.addBatch();
      insert.executeBatch();
    }
    Change.Statement change = (Change.Statement) node.gate.take().get(0);
    assertEquals(2, change.sets().size());
    assertEquals(new SqlValue.Bytes(new byte[] {7}), change.sets().get(1).values().get(1));
    assertEquals(List.of("2", "1"), node.rows("select length(bl) from t order by id"));
  }

  @Test
  void aStreamOverTheLimitIsRefusedBeforeItIsStored() throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement("insert into t (id, bl) values (1, ?)")) {
      insert.setBinaryStream(1, endless(TransactionCapture.MAX_STREAM_BYTES + 1L));
      SQLException error = assertThrows(SQLException.class, insert::executeUpdate);
      assertEquals("0A000", error.getSQLState());
      assertTrue(error.getMessage().contains("64 MiB"), error.getMessage());
    }
    assertEquals(List.of(), node.rows("select id from t"));
  }

  private static InputStream endless(long length) {
    return new InputStream() {
      private long left = length;

      @Override
      public int read() {
        return left-- > 0 ? 0 : -1;
      }

      @Override
      public int read(byte[] target, int offset, int size) {
        int n = (int) Math.min(size, left);
        Arrays.fill(target, offset, offset + Math.max(n, 0), (byte) 0);
        left -= n;
        return n == 0 && size > 0 ? -1 : n;
      }
    };
  }

  @Test
  void aStreamThatFailsIsAnErrorOfTheStatement() throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement("insert into t (id, bl) values (1, ?)")) {
      insert.setBinaryStream(
          1,
          new InputStream() {
            @Override
            public int read() throws IOException {
              throw new IOException("torn");
            }

            @Override
            public int read(byte[] target, int offset, int size) throws IOException {
              throw new IOException("torn");
            }
          });
      SQLException error = assertThrows(SQLException.class, insert::executeUpdate);
      assertEquals("torn", error.getCause().getMessage());
    }
    assertEquals(List.of(), node.rows("select id from t"));
  }

  @Test
  void aParameterThatIsMissingIsTheEnginesError() throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement("insert into t (id, w) values (?, ?)")) {
      insert.setInt(1, 1);
      assertEquals("07000", assertThrows(SQLException.class, insert::executeUpdate).getSQLState());
    }
  }
}
