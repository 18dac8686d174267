package io.pollux.proxy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A record's document for people. */
final class RecordText {
  private static final int LONGEST_VALUE = 80;

  private RecordText() {}

  /** One line. */
  static String line(JsonNode record) {
    return String.format(
            Locale.ROOT,
            "%8s  %-24s %-11s %-10s %s",
            record.path("position").asText(),
            record.path("at").asText("-"),
            record.path("type").asText(),
            record.path("stamp").asText("-"),
            what(record))
        .stripTrailing();
  }

  private static String what(JsonNode record) {
    return (record.has("changes") ? who(record) + ": " : "") + summary(record);
  }

  /** What a record says, without who says it. */
  static String summary(JsonNode record) {
    if (!record.has("changes")) {
      return (record.has("table") ? record.path("table").asText() + " " : "")
          + record.path("text").asText("");
    }
    List<String> parts = new ArrayList<>();
    record.path("changes").forEach(change -> parts.add(ofChange(change)));
    return String.join(", ", parts);
  }

  private static String who(JsonNode record) {
    JsonNode client = record.path("client");
    List<String> known = new ArrayList<>();
    for (String part : List.of("user", "application", "thread")) {
      if (!client.path(part).asText().isEmpty()) {
        known.add(client.path(part).asText());
      }
    }
    return known.isEmpty() ? "unknown" : String.join("/", known);
  }

  private static String ofChange(JsonNode change) {
    return change.path("kind").asText()
        + (change.has("table") ? " " + change.path("table").asText() : "")
        + (change.has("rows") ? " (" + change.path("rows").asText() + ")" : "");
  }

  /** All of it. */
  static String full(JsonNode record) {
    StringBuilder text = new StringBuilder();
    field(text, "record", record.path("position").asText() + ", " + record.path("type").asText());
    for (String name : List.of("at", "node", "stamp", "epoch", "boot", "table", "rows", "text")) {
      if (record.has(name)) {
        field(text, name, record.path(name).asText());
      }
    }
    if (record.has("client")) {
      field(text, "client", who(record));
    }
    record.path("changes").forEach(change -> change(text, change));
    if (record.has("scope")) {
      repair(text, record);
    }
    field(text, "hash", record.path("hash").asText());
    return text.toString();
  }

  /** What the backup had, and what the active node has. */
  private static void repair(StringBuilder text, JsonNode record) {
    field(text, "scope", record.path("scope").asText());
    if (!record.path("columns").isEmpty()) {
      field(text, "columns", columns(record));
    }
    for (JsonNode row : record.path("repairs")) {
      field(text, "before", row.has("before") ? values(row.path("before")) : "no row");
      field(text, "after", row.has("after") ? values(row.path("after")) : "no row");
    }
    record.path("generators").forEach(change -> change(text, change));
  }

  private static String columns(JsonNode document) {
    List<String> columns = new ArrayList<>();
    document.path("columns").forEach(column -> columns.add(column.asText()));
    return String.join(", ", columns);
  }

  private static void change(StringBuilder text, JsonNode change) {
    field(text, "change", ofChange(change));
    if (change.has("sql")) {
      field(text, "", change.path("sql").asText());
    }
    if (change.has("columns")) {
      field(text, "", "columns " + columns(change));
    }
    change.path("values").forEach(row -> field(text, "", values(row)));
    if (change.has("last")) {
      field(text, "", "last value " + change.path("last").asText());
    }
  }

  private static String values(JsonNode row) {
    List<String> values = new ArrayList<>();
    row.forEach(value -> values.add(shortened(value.isNull() ? "NULL" : value.asText())));
    return "values " + String.join(" | ", values);
  }

  private static String shortened(String value) {
    return value.length() <= LONGEST_VALUE
        ? value
        : value.substring(0, LONGEST_VALUE) + "… (" + value.length() + " characters)";
  }

  private static void field(StringBuilder text, String name, String value) {
    text.append(String.format(Locale.ROOT, "%-7s ", name))
        .append(value.replaceAll("\\s*\\R\\s*", " "))
        .append('\n');
  }
}
