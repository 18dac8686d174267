package io.pollux.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.pollux.core.SqlValue;
import java.math.BigDecimal;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.Calendar;
import java.util.Optional;
import java.util.TimeZone;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class JdbcValuesTest {
  private static Calendar zone(String id) {
    return Calendar.getInstance(TimeZone.getTimeZone(id));
  }

  @Test
  void aCalendarGivesTheLocalFieldsThatTheDatabaseStores() {
    Timestamp moment = Timestamp.valueOf("2024-03-31 00:30:00.123456789");
    LocalDateTime utc = moment.toLocalDateTime();
    assertEquals(
        new SqlValue.Timestamp(utc.plusHours(9)), JdbcValues.timestamp(moment, zone("Asia/Tokyo")));
  }

  @Test
  void aNullIsOfTheTypeOfItsSetter() {
    assertEquals(new SqlValue.Null(Types.VARCHAR), JdbcValues.text(null));
    assertEquals(new SqlValue.Null(Types.TIMESTAMP), JdbcValues.timestamp(null, zone("UTC")));
    assertEquals(Optional.of(new SqlValue.Null(Types.DATE)), TypedValues.of(null, Types.DATE, -1));
  }

  @Test
  void bytesAreCopiedSoThatALaterChangeIsNotLogged() {
    byte[] bytes = {1, 2};
    SqlValue value = JdbcValues.bytes(bytes);
    bytes[0] = 9;
    assertEquals(new SqlValue.Bytes(new byte[] {1, 2}), value);
  }

  @Test
  void aClassWithoutKnownFormIsEmpty() {
    assertEquals(Optional.empty(), JdbcValues.of(new UUID(1, 2)));
  }

  @Test
  void aTargetTypeConvertsWhereAllDriversAgree() {
    assertEquals(Optional.of(new SqlValue.Whole(12)), TypedValues.of("12", Types.INTEGER, -1));
    assertEquals(
        Optional.of(new SqlValue.Whole(3)),
        TypedValues.of(new BigDecimal("3.0"), Types.BIGINT, -1));
    assertEquals(Optional.of(new SqlValue.Float64(0.5f)), TypedValues.of(0.5f, Types.DOUBLE, -1));
    assertEquals(
        Optional.of(new SqlValue.Date(LocalDate.of(2024, 2, 29))),
        TypedValues.of("2024-02-29", Types.DATE, -1));
    assertEquals(
        Optional.of(new SqlValue.Time(LocalTime.of(1, 2, 3))),
        TypedValues.of(Timestamp.valueOf("2024-01-01 01:02:03.9"), Types.TIME, -1));
    assertEquals(Optional.of(new SqlValue.Text("7")), TypedValues.of(7, Types.VARCHAR, -1));
  }

  @Test
  void aTargetTypeThatRoundsIsNotGuessed() {
    assertEquals(Optional.empty(), TypedValues.of(new BigDecimal("1.26"), Types.DECIMAL, 1));
    assertEquals(Optional.empty(), TypedValues.of(3.7, Types.INTEGER, -1));
    assertEquals(Optional.empty(), TypedValues.of("1e3", Types.INTEGER, -1));
    assertEquals(Optional.empty(), TypedValues.of("tomorrow", Types.DATE, -1));
    assertEquals(Optional.empty(), TypedValues.of(1.5, Types.DECIMAL, -1));
  }
}
