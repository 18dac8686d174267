package io.pollux.driver;

import io.pollux.core.CommitMode;
import java.sql.DriverPropertyInfo;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A connection property of Pollux itself; the real driver never sees it. */
enum DriverOption {
  DIRECTORY("pollux.dir", "directory of the node; default: beside the database"),
  COMMIT("pollux.commit", "what commit() waits for; default: what the node's configuration says");

  static final String PREFIX = "pollux.";

  private final String key;
  private final String description;

  DriverOption(String key, String description) {
    this.key = key;
    this.description = description;
  }

  String key() {
    return key;
  }

  /** The values that it may have; empty: any. */
  List<String> choices() {
    return this == COMMIT
        ? Stream.of(CommitMode.values()).map(mode -> mode.name().toLowerCase(Locale.ROOT)).toList()
        : List.of();
  }

  boolean allows(String value) {
    return choices().isEmpty() || choices().contains(value);
  }

  static Optional<DriverOption> of(String key) {
    return Arrays.stream(values()).filter(option -> option.key.equals(key)).findFirst();
  }

  static String known() {
    return Arrays.stream(values()).map(DriverOption::key).collect(Collectors.joining(", "));
  }

  DriverPropertyInfo info(String value) {
    DriverPropertyInfo info = new DriverPropertyInfo(key, value);
    info.description = description;
    info.choices = choices().isEmpty() ? null : choices().toArray(String[]::new);
    return info;
  }
}
