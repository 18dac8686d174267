package io.pollux.proxy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pollux.core.TableName;
import io.pollux.engine.Dialect;
import io.pollux.sql.CapturePlan;
import io.pollux.sql.Catalogue;
import io.pollux.sql.Classifier;
import io.pollux.sql.Column;
import io.pollux.sql.Table;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What Pollux would do with a database and with statements on it, found out by the classifier that
 * the driver asks. Reads the catalogue only.
 */
final class CaptureReport {
  /** As docs/capture.md calls the plans. */
  static final Map<Class<?>, String> WORDS =
      Map.ofEntries(
          Map.entry(CapturePlan.Pass.class, "PASS"),
          Map.entry(CapturePlan.Closed.class, "REPLAY"),
          Map.entry(CapturePlan.Locked.class, "REPLAY"),
          Map.entry(CapturePlan.Split.class, "REWRITE"),
          Map.entry(CapturePlan.EachKey.class, "KEYS"),
          Map.entry(CapturePlan.Images.class, "ROWS"),
          Map.entry(CapturePlan.InsertSelect.class, "ROWS"),
          Map.entry(CapturePlan.Returning.class, "ROWS"),
          Map.entry(CapturePlan.Merge.class, "ROWS"),
          Map.entry(CapturePlan.Sequence.class, "SEQUENCE"),
          Map.entry(CapturePlan.Ddl.class, "DDL"),
          Map.entry(CapturePlan.Session.class, "SESSION"),
          Map.entry(CapturePlan.Control.class, "CONTROL"),
          Map.entry(CapturePlan.Script.class, "SCRIPT"),
          Map.entry(CapturePlan.Refuse.class, "REFUSE"));

  private final Connection connection;
  private final Dialect dialect;
  private final Classifier classifier;
  private final Catalogue catalogue;
  private final ObjectNode document = Output.MAPPER.createObjectNode();
  private int refused;

  CaptureReport(Connection connection, Dialect dialect) {
    this.connection = Objects.requireNonNull(connection, "connection");
    this.dialect = Objects.requireNonNull(dialect, "dialect");
    this.classifier = new Classifier(dialect.facts());
    this.catalogue = dialect.catalogue(connection);
  }

  /** How many ways to write, or statements, would be refused. */
  int refused() {
    return refused;
  }

  ObjectNode document() {
    return document.put("engine", dialect.name()).put("refused", refused);
  }

  void tables() throws SQLException {
    ArrayNode tables = document.putArray("tables");
    for (TableName name : dialect.userTables(connection)) {
      Optional<Table> table = catalogue.table(name);
      if (table.isPresent()) {
        table(tables.addObject(), table.orElseThrow());
      }
    }
  }

  void statements(List<String> texts) throws SQLException {
    ArrayNode statements = document.putArray("statements");
    for (String text : texts) {
      plan(statements.addObject().put("sql", text), text);
    }
  }

  private void table(ObjectNode node, Table table) throws SQLException {
    node.put("table", table.name().toString());
    ArrayNode key = node.putArray("key");
    table.keys().stream().findFirst().orElse(List.of()).forEach(key::add);
    ArrayNode triggers = node.putArray("triggers");
    table.triggers().forEach(triggers::add);
    ObjectNode defaults = node.putObject("defaults");
    ArrayNode generated = node.putArray("generated");
    for (Column column : table.columns()) {
      if (column.generated()) {
        generated.add(column.name());
      } else if (!column.defaultText().isEmpty()) {
        defaults.put(column.name(), column.defaultText());
      }
    }
    node.put("refersToItself", table.selfReferencing());
    ArrayNode writes = node.putArray("writes");
    for (Write write : writes(table)) {
      plan(writes.addObject().put("write", write.name()), write.sql());
    }
  }

  private record Write(String name, String sql) {}

  private List<Write> writes(Table table) {
    String name = dialect.quote(table.name());
    List<String> columns =
        table.columns().stream()
            .filter(column -> !column.generated() && column.identity() == Column.Identity.NONE)
            .map(Column::name)
            .toList();
    List<Write> writes = new ArrayList<>();
    if (!columns.isEmpty()) {
      writes.add(new Write("INSERT of a row", insert(name, columns)));
    }
    List<String> required = columns.stream().filter(column -> isRequired(table, column)).toList();
    if (!required.isEmpty() && required.size() < columns.size()) {
      writes.add(new Write("INSERT with defaults", insert(name, required)));
    }
    List<String> key = table.keys().stream().findFirst().orElse(List.of());
    String byKey = equations(key, " AND ");
    Optional<String> other = columns.stream().filter(column -> !key.contains(column)).findFirst();
    if (other.isPresent()) {
      String set = "UPDATE " + name + " SET " + dialect.quote(other.orElseThrow()) + " = ?";
      if (!key.isEmpty()) {
        writes.add(new Write("UPDATE of a row", set + " WHERE " + byKey));
      }
      writes.add(new Write("UPDATE of several", set + " WHERE " + some(table)));
    }
    if (!key.isEmpty()) {
      writes.add(new Write("DELETE of a row", "DELETE FROM " + name + " WHERE " + byKey));
    }
    writes.add(new Write("DELETE of several", "DELETE FROM " + name + " WHERE " + some(table)));
    return writes;
  }

  private static boolean isRequired(Table table, String column) {
    Column found = table.column(column).orElseThrow();
    return !found.nullable() && found.defaultText().isEmpty();
  }

  private String insert(String table, List<String> columns) {
    return "INSERT INTO "
        + table
        + " ("
        + String.join(", ", columns.stream().map(dialect::quote).toList())
        + ") VALUES ("
        + String.join(", ", Collections.nCopies(columns.size(), "?"))
        + ")";
  }

  private String equations(List<String> columns, String separator) {
    return String.join(
        separator, columns.stream().map(column -> dialect.quote(column) + " = ?").toList());
  }

  private String some(Table table) {
    return dialect.quote(table.columns().get(0).name()) + " > ?";
  }

  private void plan(ObjectNode node, String sql) throws SQLException {
    CapturePlan plan = classifier.classify(sql, catalogue);
    node.put("plan", word(plan, sql));
    if (plan instanceof CapturePlan.Refuse refuse) {
      refused++;
      node.put("kind", refuse.kind());
      node.put("reason", refuse.reason());
      node.put("wayOut", refuse.wayOut());
    }
  }

  private static String word(CapturePlan plan, String sql) {
    if (plan instanceof CapturePlan.Closed closed && !closed.isOwnLog(sql)) {
      return "REWRITE";
    } else if (plan instanceof CapturePlan.Returning returning && returning.keyColumns() > 0) {
      return "KEYS";
    }
    return WORDS.get(plan.getClass());
  }

  /** For people. */
  static String text(JsonNode document) {
    StringBuilder text = new StringBuilder();
    for (JsonNode table : document.path("tables")) {
      text.append(tableText(table));
      table.path("writes").forEach(write -> text.append(planText(write, write.path("write"))));
    }
    document.path("statements").forEach(s -> text.append(planText(s, s.path("sql"))));
    int refused = document.path("refused").asInt();
    return text
        + (refused == 0
            ? "nothing would be refused"
            : refused + " would be refused; docs/capture.md says why, and what to do instead");
  }

  private static String tableText(JsonNode table) {
    List<String> facts = new ArrayList<>();
    facts.add(table.path("key").isEmpty() ? "no key" : "key " + list(table.path("key")));
    if (!table.path("triggers").isEmpty()) {
      facts.add("triggers " + list(table.path("triggers")));
    }
    if (!table.path("generated").isEmpty()) {
      facts.add("generated " + list(table.path("generated")));
    }
    if (!table.path("defaults").isEmpty()) {
      List<String> defaults = new ArrayList<>();
      table
          .path("defaults")
          .properties()
          .forEach(each -> defaults.add(each.getKey() + " = " + each.getValue().asText()));
      facts.add("defaults " + String.join(", ", defaults));
    }
    if (table.path("refersToItself").asBoolean()) {
      facts.add("refers to itself");
    }
    return "table " + table.path("table").asText() + ": " + String.join("; ", facts) + "\n";
  }

  private static String list(JsonNode names) {
    List<String> all = new ArrayList<>();
    names.forEach(name -> all.add(name.asText()));
    return String.join(", ", all);
  }

  private static String planText(JsonNode node, JsonNode what) {
    String reason =
        node.has("reason")
            ? ": " + node.path("reason").asText() + "; " + node.path("wayOut").asText()
            : "";
    return String.format(
        Locale.ROOT, "  %-8s  %s%s%n", node.path("plan").asText(), what.asText(), reason);
  }
}
