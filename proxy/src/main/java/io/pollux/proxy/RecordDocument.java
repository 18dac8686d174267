package io.pollux.proxy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pollux.codec.CodecException;
import io.pollux.codec.RecordCodec;
import io.pollux.core.Change;
import io.pollux.core.LogEntry;
import io.pollux.core.LogRecord;
import io.pollux.core.PolluxException;
import io.pollux.core.PolluxException.Reason;
import io.pollux.core.RepairedRow;
import io.pollux.core.SqlValue;
import io.pollux.core.Transaction;
import io.pollux.log.LogReader.Located;
import io.pollux.node.NodeConfig;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A log record as a document. Values, and the literals in SQL texts, are left out unless they are
 * asked for.
 */
final class RecordDocument {
  private static final RecordCodec CODEC = new RecordCodec();
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  /** Quoted names stay; strings and comments do not, and neither do numbers outside of names. */
  private static final Pattern LITERAL =
      Pattern.compile(
          "(\"(?:[^\"]|\"\")*\")|'(?:[^']|'')*'|--[^\\n]*|(?s:/\\*.*?\\*/)|(?<![\\w$\"])\\d[\\w.]*");

  private final boolean withValues;
  private final NodeConfig config;

  /**
   * @param config of the node whose log it is; of the other one only the id is known
   */
  RecordDocument(boolean withValues, NodeConfig config) {
    this.withValues = withValues;
    this.config = config;
  }

  private String node(String id) {
    return id.equals(config.id()) ? config.name() : id;
  }

  ObjectNode of(Located located) throws PolluxException {
    LogEntry entry = located.entry();
    ObjectNode document = JSON.objectNode();
    document.put("position", entry.position().index());
    try {
      CODEC.decode(entry.body().value()).accept(new Records(document));
    } catch (CodecException e) {
      throw new PolluxException(
          Reason.LOG_DAMAGED,
          "record " + entry.position().index() + " can't be read: " + e.getMessage(),
          e);
    }
    document.put("hash", HexFormat.of().formatHex(entry.hash().value()));
    return document;
  }

  private final class Records implements LogRecord.Handler<ObjectNode> {
    private final ObjectNode document;

    private Records(ObjectNode document) {
      this.document = document;
    }

    @Override
    public ObjectNode decided(LogRecord.Decided record) {
      return transaction("TRANSACTION", record.transaction());
    }

    @Override
    public ObjectNode prepare(LogRecord.Prepare record) {
      return transaction("PREPARE", record.transaction());
    }

    private ObjectNode transaction(String type, Transaction transaction) {
      document.put("type", type).put("stamp", transaction.stamp().toString());
      document.put("at", transaction.at().toString()).put("node", node(transaction.node()));
      document.put("slot", transaction.slot());
      document
          .putObject("client")
          .put("user", transaction.client().user())
          .put("application", transaction.client().application())
          .put("thread", transaction.client().thread());
      ArrayNode changes = document.putArray("changes");
      transaction.changes().forEach(change -> changes.add(change.accept(new Changes())));
      return document;
    }

    @Override
    public ObjectNode commit(LogRecord.Commit record) {
      return document.put("type", "COMMIT").put("stamp", record.stamp().toString());
    }

    @Override
    public ObjectNode abort(LogRecord.Abort record) {
      return document
          .put("type", "ABORT")
          .put("stamp", record.stamp().toString())
          .put("text", record.reason());
    }

    @Override
    public ObjectNode reign(LogRecord.Reign record) {
      return document
          .put("type", "REIGN")
          .put("at", record.at().toString())
          .put("node", node(record.node()))
          .put("epoch", record.epoch().number())
          .put("boot", record.boot())
          .put("text", record.reason());
    }

    @Override
    public ObjectNode digest(LogRecord.Digest record) {
      return document
          .put("type", "DIGEST")
          .put("stamp", record.stamp().toString())
          .put("table", record.table().toString())
          .put("rows", record.rows())
          .put("digest", HexFormat.of().formatHex(record.digest().value()))
          .put("text", text(record));
    }

    private String text(LogRecord.Digest record) {
      String subject = record.subject().name().toLowerCase(Locale.ROOT).replace('_', ' ');
      if (!withValues || record.range().columns().isEmpty()) {
        return subject;
      }
      return subject
          + bound(" after ", record.range().after())
          + bound(" to ", record.range().upTo());
    }

    private static String bound(String word, List<SqlValue> key) {
      return key.isEmpty() ? "" : word + values(key);
    }

    @Override
    public ObjectNode repair(LogRecord.Repair record) {
      document.put("type", "REPAIR").put("stamp", record.stamp().toString());
      document.put("at", record.at().toString()).put("node", node(record.node()));
      if (!record.table().name().isEmpty()) {
        document.put("table", record.table().toString());
      }
      document.put("scope", record.scope().name()).put("rows", record.rows().size());
      document.put("text", record.reason());
      ArrayNode columns = document.putArray("columns");
      record.columns().forEach(columns::add);
      document.put("keyColumns", record.keyColumns());
      if (withValues) {
        ArrayNode rows = document.putArray("repairs");
        record.rows().forEach(row -> repaired(rows.addObject(), row));
      }
      ArrayNode generators = document.putArray("generators");
      record.generators().forEach(mark -> generators.add(mark.accept(new Changes())));
      return document;
    }

    private static void repaired(ObjectNode row, RepairedRow repaired) {
      repaired.before().ifPresent(before -> row.set("before", values(before)));
      repaired.after().ifPresent(after -> row.set("after", values(after)));
    }

    @Override
    public ObjectNode mark(LogRecord.Mark record) {
      return document
          .put("type", "MARK")
          .put("at", record.at().toString())
          .put("node", node(record.node()))
          .put("text", record.text());
    }
  }

  private final class Changes implements Change.Handler<ObjectNode, RuntimeException> {
    @Override
    public ObjectNode statement(Change.Statement change) {
      ObjectNode document = JSON.objectNode();
      document.put("kind", kind(change.sql())).put("table", change.table().toString());
      document.put("rows", change.sets().stream().mapToLong(Change.ParameterSet::count).sum());
      document.put("sql", sql(change.sql()));
      if (withValues) {
        ArrayNode sets = document.putArray("values");
        change.sets().forEach(set -> sets.add(values(set.values())));
      }
      return document;
    }

    @Override
    public ObjectNode rows(Change.Rows change) {
      ObjectNode document = JSON.objectNode();
      document.put("kind", change.action().name()).put("table", change.table().toString());
      document.put("rows", change.rows().size());
      ArrayNode columns = document.putArray("columns");
      change.columns().forEach(columns::add);
      document.put("keyColumns", change.keyColumns());
      if (withValues) {
        ArrayNode rows = document.putArray("values");
        change.rows().forEach(row -> rows.add(values(row)));
      }
      return document;
    }

    @Override
    public ObjectNode ddl(Change.Ddl change) {
      return JSON.objectNode()
          .put("kind", "DDL")
          .put("schema", change.schema())
          .put("sql", sql(change.sql()));
    }

    @Override
    public ObjectNode generator(Change.Generator change) {
      ObjectNode document = JSON.objectNode();
      document.put("kind", change.kind().name()).put("table", change.name().toString());
      if (withValues) {
        document.put("last", change.last());
      }
      return document;
    }
  }

  private static String kind(String sql) {
    return sql.strip().split("\\s", 2)[0].toUpperCase(Locale.ROOT);
  }

  private String sql(String text) {
    return withValues
        ? text
        : LITERAL.matcher(text).replaceAll(found -> found.group(1) == null ? "…" : "$1");
  }

  private static ArrayNode values(List<SqlValue> values) {
    ArrayNode array = JSON.arrayNode();
    values.forEach(value -> array.add(value(value)));
    return array;
  }

  /** Numbers that a reader of JSON might round are texts. */
  private static JsonNode value(SqlValue value) {
    if (value instanceof SqlValue.Null) {
      return JSON.nullNode();
    } else if (value instanceof SqlValue.Bool bool) {
      return JSON.booleanNode(bool.value());
    } else if (value instanceof SqlValue.Whole whole && Math.abs(whole.value()) < 1L << 53) {
      return JSON.numberNode(whole.value());
    } else if (value instanceof SqlValue.Text text) {
      return JSON.textNode(text.value());
    } else if (value instanceof SqlValue.Bytes bytes) {
      return JSON.textNode("0x" + HexFormat.of().formatHex(bytes.value()));
    }
    return JSON.textNode(plain(value));
  }

  private static String plain(SqlValue value) {
    if (value instanceof SqlValue.Whole whole) {
      return Long.toString(whole.value());
    } else if (value instanceof SqlValue.Exact exact) {
      return exact.value().toPlainString();
    } else if (value instanceof SqlValue.Float32 number) {
      return Float.toString(number.value());
    } else if (value instanceof SqlValue.Float64 number) {
      return Double.toString(number.value());
    } else if (value instanceof SqlValue.Date date) {
      return date.value().toString();
    } else if (value instanceof SqlValue.Time time) {
      return time.value().toString();
    } else if (value instanceof SqlValue.Timestamp timestamp) {
      return timestamp.value().toString();
    }
    if (value instanceof SqlValue.Native own) {
      return own.text();
    }
    return ((SqlValue.ZonedTimestamp) value).value().toString();
  }
}
