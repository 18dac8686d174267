package io.pollux.engine;

import io.pollux.core.SqlValue;
import java.math.BigDecimal;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;

final class HsqldbValuesTest extends ValuesTest {
  private static final String COLUMNS =
      "TI TINYINT, SM SMALLINT, I INTEGER, BI BIGINT, NM NUMERIC(40, 10), DF DECIMAL(60, 31), R REAL,"
          + " D DOUBLE PRECISION, C CHAR(5), V VARCHAR(200), VI VARCHAR_IGNORECASE(20), CL CLOB,"
          + " B BINARY(4), VB VARBINARY(300), BL BLOB(1M), U UUID, DT DATE, TM TIME(9),"
          + " TS TIMESTAMP(9), TZ TIMESTAMP(9) WITH TIME ZONE, BO BOOLEAN";

  @Override
  Engine engine() {
    return new Engine(
        new HsqldbDialect(),
        "jdbc:hsqldb:mem:values",
        COLUMNS,
        List.of("OTHER", "INTERVAL DAY", "INTEGER ARRAY", "BIT(3)", "TIME WITH TIME ZONE"));
  }

  private static List<SqlValue> row(int number, String text, byte[] bytes, LocalDateTime moment) {
    return List.of(
        new SqlValue.Whole(number % 100),
        new SqlValue.Whole(number),
        new SqlValue.Whole(number * 65_536L),
        new SqlValue.Whole(Long.MIN_VALUE + number + 32_768),
        new SqlValue.Exact(new BigDecimal(number + "12345678901234567890.1234567890")),
        new SqlValue.Exact(new BigDecimal("1.5000000000000000000000000000000")),
        new SqlValue.Float64(number * 0.1),
        new SqlValue.Float64(number > 0 ? Double.MIN_VALUE : Double.NaN),
        new SqlValue.Text("ab   "),
        new SqlValue.Text(text),
        new SqlValue.Text("MiXed"),
        new SqlValue.Text(text.repeat(500)),
        new SqlValue.Bytes(new byte[] {1, 2, 3, 4}),
        new SqlValue.Bytes(bytes),
        new SqlValue.Bytes(bytes.length == 300 ? new byte[100_000] : bytes),
        new SqlValue.Bytes(new byte[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, -1}),
        new SqlValue.Date(moment.toLocalDate()),
        new SqlValue.Time(moment.toLocalTime()),
        new SqlValue.Timestamp(moment),
        new SqlValue.ZonedTimestamp(OffsetDateTime.parse("2024-10-27T02:30:00.000000001+02:00")),
        new SqlValue.Bool(number > 0));
  }

  @Override
  List<List<SqlValue>> rows() {
    List<List<SqlValue>> rows = new ArrayList<>();
    rows.add(row(1, "", new byte[0], LocalDateTime.parse("2024-03-31T02:30:00.123456789")));
    rows.add(
        row(
            0,
            "o'brien \u0000 \ud83d\ude00 ä",
            new byte[] {0, -1},
            LocalDateTime.parse("1582-10-15T00:00")));
    rows.add(row(-327, "x".repeat(200), new byte[300], LocalDateTime.parse("0001-01-01T00:00")));
    rows.add(row(327, "y", new byte[300], LocalDateTime.parse("9999-12-31T23:59:59.999999999")));
    return rows;
  }
}
