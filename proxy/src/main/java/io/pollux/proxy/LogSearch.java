package io.pollux.proxy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pollux.core.PolluxException;
import io.pollux.core.Position;
import io.pollux.log.LogReader;
import io.pollux.log.LogReader.Finding;
import io.pollux.node.NodeConfig;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.Iterator;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/** Looks for records that are as somebody wants them; verifies the chain on the way. */
final class LogSearch {
  static final int MAX_RECORDS = 1000;

  private final Criteria criteria;
  private final RecordDocument whole;
  private final RecordDocument shown;

  /**
   * What is wanted; what is empty does not matter. Texts are compared without their case.
   *
   * @param kind INSERT, UPDATE, DELETE, DDL, or the type of a record such as REIGN
   * @param table with or without its schema
   * @param key a value of the row, as text
   * @param slot number of the connection
   */
  record Criteria(
      Range range,
      Optional<String> kind,
      Optional<String> table,
      Optional<String> key,
      Optional<Integer> slot,
      Who who) {
    Criteria {
      Objects.requireNonNull(range, "range");
      Objects.requireNonNull(who, "who");
    }
  }

  /** Where in the log; {@code since} and {@code until} by the active node's clock. */
  record Range(Position from, Position to, Optional<Instant> since, Optional<Instant> until) {}

  /** Whose transaction; {@code client} is part of the application's name, module or thread. */
  record Who(Optional<String> user, Optional<String> client) {}

  /** Records, oldest first, and what is wrong with the log if it ends at a fault. */
  record Found(ArrayNode records, Optional<Finding> damage) {}

  /**
   * @param withValues whether the data itself is shown
   */
  LogSearch(Criteria criteria, boolean withValues, NodeConfig config) {
    this.criteria = Objects.requireNonNull(criteria, "criteria");
    this.whole = new RecordDocument(true, config);
    this.shown = new RecordDocument(withValues, config);
  }

  /** The first {@code limit} records that match. */
  Found first(Optional<LogReader> log, int limit) throws PolluxException {
    return run(log, limit, false);
  }

  /** The last {@code limit} records that match; reads on to the end. */
  Found last(Optional<LogReader> log, int limit) throws PolluxException {
    return run(log, limit, true);
  }

  private Found run(Optional<LogReader> log, int limit, boolean isLast) throws PolluxException {
    ArrayNode records = Output.MAPPER.createArrayNode();
    if (log.isEmpty()) {
      return new Found(records, Optional.empty());
    }
    Optional<Finding> damage =
        LogFiles.damage(
            log.orElseThrow()
                .read(
                    criteria.range().from(),
                    record -> {
                      if (record.entry().position().isAfter(criteria.range().to())) {
                        return false;
                      }
                      if (matches(whole.of(record))) {
                        records.add(shown.of(record));
                      }
                      if (isLast && records.size() > limit) {
                        records.remove(0);
                      }
                      return isLast || records.size() < limit;
                    }));
    return new Found(records, damage);
  }

  private boolean matches(ObjectNode record) {
    return isInTime(record, criteria.range())
        && is(criteria.slot().map(String::valueOf), record.path("slot").asText())
        && is(criteria.who().user(), record.path("client").path("user").asText())
        && criteria.who().client().map(part -> isClient(record, part)).orElse(true)
        && hasChange(record);
  }

  /** Records that carry no time are in no range of time. */
  static boolean isInTime(ObjectNode record, Range range) {
    if (range.since().isEmpty() && range.until().isEmpty()) {
      return true;
    }
    if (!record.has("at")) {
      return false;
    }
    Instant at = Instant.parse(record.path("at").asText());
    return !at.isBefore(range.since().orElse(Instant.MIN))
        && !at.isAfter(range.until().orElse(Instant.MAX));
  }

  private static boolean is(Optional<String> wanted, String value) {
    return wanted.map(text -> text.equalsIgnoreCase(value)).orElse(true);
  }

  private static boolean isClient(ObjectNode record, String part) {
    JsonNode client = record.path("client");
    String all = client.path("application").asText() + "\n" + client.path("thread").asText();
    return all.toLowerCase(Locale.ROOT).contains(part.toLowerCase(Locale.ROOT));
  }

  /** Kind, table and key are to be those of one change. */
  private boolean hasChange(ObjectNode record) {
    if (criteria.table().isEmpty() && criteria.key().isEmpty()) {
      boolean isType = is(criteria.kind(), record.path("type").asText());
      return isType || any(record.path("changes"));
    }
    boolean isDigest =
        record.has("table")
            && criteria.key().isEmpty()
            && isTable(record.path("table").asText())
            && is(criteria.kind(), record.path("type").asText());
    return isDigest || any(record.path("changes"));
  }

  private boolean any(JsonNode changes) {
    Iterator<JsonNode> each = changes.elements();
    while (each.hasNext()) {
      JsonNode change = each.next();
      if (is(criteria.kind(), change.path("kind").asText())
          && (criteria.table().isEmpty() || isTable(change.path("table").asText()))
          && criteria.key().map(key -> hasValue(change, key)).orElse(true)) {
        return true;
      }
    }
    return false;
  }

  private boolean isTable(String name) {
    String wanted = criteria.table().orElseThrow().toUpperCase(Locale.ROOT);
    String given = name.toUpperCase(Locale.ROOT);
    return given.equals(wanted) || given.endsWith("." + wanted);
  }

  /** A literal of the statement counts too: not every application uses parameters. */
  private static boolean hasValue(JsonNode change, String key) {
    for (JsonNode row : change.path("values")) {
      for (JsonNode value : row) {
        if (value.asText().equals(key)) {
          return true;
        }
      }
    }
    String sql = change.path("sql").asText();
    return sql.contains("'" + key.replace("'", "''") + "'")
        || key.matches("-?\\d{1,18}")
            && (" " + sql + " ").matches("(?s).*[^\\w.']" + key + "[^\\w.'].*");
  }

  /** An instant, or a day that begins in UTC. */
  static Instant instant(String text) {
    try {
      return text.contains("T")
          ? Instant.parse(text)
          : LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(
          "'" + text + "' is no time such as 2026-01-31T12:00:00Z or 2026-01-31", e);
    }
  }
}
