package io.pollux.core;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.Objects;

/**
 * One value of a parameter or a column, exact to the last bit and free of any time zone of the JVM
 * that produced it: dates and times are the local fields that the database stores (DETERMINISM.md
 * J19).
 */
public sealed interface SqlValue {

  /** SQL NULL of a type of {@link java.sql.Types}. */
  record Null(int jdbcType) implements SqlValue {}

  record Bool(boolean value) implements SqlValue {}

  record Whole(long value) implements SqlValue {}

  record Exact(BigDecimal value) implements SqlValue {
    public Exact {
      Objects.requireNonNull(value, "value");
    }
  }

  /** Equality by bits: NaN equals itself, 0.0 and -0.0 differ, as records define it. */
  record Float32(float value) implements SqlValue {}

  /** Equality by bits, as for {@link Float32}. */
  record Float64(double value) implements SqlValue {}

  record Text(String value) implements SqlValue {
    public Text {
      Objects.requireNonNull(value, "value");
    }
  }

  /** The array is not copied: neither side changes it after construction. */
  @SuppressWarnings("ArrayRecordComponent")
  record Bytes(byte[] value) implements SqlValue {
    public Bytes {
      Objects.requireNonNull(value, "value");
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Bytes bytes && Arrays.equals(value, bytes.value);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(value);
    }

    @Override
    public String toString() {
      return "Bytes[" + value.length + "]";
    }
  }

  record Date(LocalDate value) implements SqlValue {
    public Date {
      Objects.requireNonNull(value, "value");
    }
  }

  record Time(LocalTime value) implements SqlValue {
    public Time {
      Objects.requireNonNull(value, "value");
    }
  }

  record Timestamp(LocalDateTime value) implements SqlValue {
    public Timestamp {
      Objects.requireNonNull(value, "value");
    }
  }

  /**
   * A value of a type of the engine's own, in its text form. {@code type} is empty where the place
   * that takes the value decides.
   */
  record Native(String type, String text) implements SqlValue {
    public Native {
      Objects.requireNonNull(type, "type");
      Objects.requireNonNull(text, "text");
    }
  }

  record ZonedTimestamp(OffsetDateTime value) implements SqlValue {
    public ZonedTimestamp {
      Objects.requireNonNull(value, "value");
    }
  }
}
