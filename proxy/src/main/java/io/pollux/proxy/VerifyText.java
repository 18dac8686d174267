package io.pollux.proxy;

import com.fasterxml.jackson.databind.JsonNode;

/** The result of a comparison for people: the tables that differ, then the sum. */
final class VerifyText {
  private VerifyText() {}

  static String of(JsonNode answer) {
    StringBuilder text = new StringBuilder();
    int tables = 0;
    int different = 0;
    long rows = 0;
    for (JsonNode table : answer.path("tables")) {
      tables++;
      rows += table.path("rows").asLong();
      if (!table.path("equal").asBoolean()) {
        different++;
        text.append("table ")
            .append(table.path("schema").asText())
            .append('.')
            .append(table.path("name").asText())
            .append(" differs: ")
            .append(table.path("detail").asText())
            .append('\n');
      }
    }
    if (answer.path("equal").asBoolean()) {
      return text + "equal: " + tables + " tables, " + rows + " rows";
    }
    return text
        + "DIFFERENT: "
        + different
        + " of "
        + tables
        + " tables; see 'pollux status' for what is repaired, or run 'pollux resync' on the node"
        + " whose data may go";
  }
}
