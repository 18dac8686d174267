package io.pollux.node;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An amount of data as people write it: {@code 500MB}, {@code 10GB}; units are powers of 1024. */
public record ByteSize(long bytes) {
  private static final String UNITS = "KMGT";
  private static final Pattern TEXT = Pattern.compile("([0-9]{1,6})([KMGT])B");
  private static final int BITS_OF_UNIT = 10;

  public ByteSize {
    if (bytes < 1) {
      throw new IllegalArgumentException("a size is at least 1 byte, not " + bytes);
    }
  }

  /**
   * Reads a size.
   *
   * @throws IllegalArgumentException if the text is not a number with one of the units KB, MB, GB,
   *     TB
   */
  @JsonCreator
  public static ByteSize parse(String text) {
    Matcher matcher = TEXT.matcher(text.strip().toUpperCase(Locale.ROOT));
    if (!matcher.matches()) {
      throw new IllegalArgumentException("'" + text + "' is not a size such as 500MB, 10GB");
    }
    int unit = UNITS.indexOf(matcher.group(2)) + 1;
    return new ByteSize(Long.parseLong(matcher.group(1)) << (unit * BITS_OF_UNIT));
  }

  /**
   * In the largest unit that it is a whole number of; what is below the smallest one is left out.
   */
  @Override
  @JsonValue
  public String toString() {
    int unit = 1;
    while (unit < UNITS.length() && (bytes & ((1L << ((unit + 1) * BITS_OF_UNIT)) - 1)) == 0) {
      unit++;
    }
    return (bytes >> (unit * BITS_OF_UNIT)) + UNITS.substring(unit - 1, unit) + "B";
  }
}
