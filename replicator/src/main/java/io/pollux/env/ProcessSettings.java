package io.pollux.env;

import java.time.ZoneId;
import java.util.Locale;
import java.util.Map;

/** What an embedded engine, or a driver, takes over from the process that it runs in. */
public final class ProcessSettings {
  private ProcessSettings() {}

  /** By name, as people know them. Zones with one offset for ever are named by it. */
  public static Map<String, String> read() {
    return Map.of(
        "time zone", ZoneId.systemDefault().normalized().getId(),
        "language", Locale.getDefault().toLanguageTag());
  }
}
