package io.pollux.engine;

import io.pollux.core.TableName;
import io.pollux.sql.Catalogue;
import io.pollux.sql.Column;
import io.pollux.sql.Column.Identity;
import io.pollux.sql.Table;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads the engine's own tables; each query names their schema, whatever the session's path is. */
final class PostgresCatalogue implements Catalogue {
  private static final String RESOLVE =
      "SELECT n.nspname FROM pg_catalog.unnest(?) WITH ORDINALITY p(name, place)"
          + " JOIN pg_catalog.pg_namespace n ON n.nspname = p.name"
          + " JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid"
          + " WHERE c.relname = ? AND c.relkind <> 'i' ORDER BY p.place LIMIT 1";

  private static final String FIND =
      "SELECT c.oid, c.relkind = 'r' AND c.relpersistence = 'p' AND NOT c.relispartition"
          + " AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_inherits h"
          + " WHERE c.oid IN (h.inhrelid, h.inhparent))"
          + " FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
          + " WHERE n.nspname = ? AND c.relname = ? AND c.relkind IN ('r', 'v', 'm', 'f', 'p')"
          + " AND n.nspname NOT IN ('pg_catalog', 'information_schema')";

  private static final String COLUMNS =
      "SELECT a.attname, t.typname, t.typtype, pg_catalog.format_type(a.atttypid, NULL),"
          + " a.attnotnull, a.attidentity, a.attgenerated <> '',"
          + " coalesce(pg_catalog.pg_get_expr(d.adbin, d.adrelid), '')"
          + " FROM pg_catalog.pg_attribute a"
          + " JOIN pg_catalog.pg_type t ON t.oid = a.atttypid"
          + " LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum"
          + " WHERE a.attrelid = CAST(? AS oid) AND a.attnum > 0 AND NOT a.attisdropped"
          + " ORDER BY a.attnum";

  private static final String UNIQUE =
      "SELECT i.indimmediate, i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL, ARRAY("
          + "SELECT a.attname::text FROM pg_catalog.unnest(i.indkey::int2[]) WITH ORDINALITY k(n, o)"
          + " JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.n"
          + " WHERE k.o <= i.indnkeyatts ORDER BY k.o)"
          + " FROM pg_catalog.pg_index i WHERE i.indrelid = CAST(? AS oid) AND i.indisunique"
          + " ORDER BY i.indisprimary DESC, i.indexrelid";

  private static final String REFERENCES =
      "SELECT confrelid, conrelid, confdeltype NOT IN ('a', 'r') OR confupdtype NOT IN ('a', 'r')"
          + " FROM pg_catalog.pg_constraint WHERE contype = 'f'";

  private static final String TRIGGERS =
      "SELECT tgname::text FROM pg_catalog.pg_trigger"
          + " WHERE tgrelid = CAST(? AS oid) AND NOT tgisinternal AND tgenabled <> 'D'"
          + " UNION ALL SELECT rulename::text FROM pg_catalog.pg_rewrite"
          + " WHERE ev_class = CAST(? AS oid) AND rulename <> '_RETURN'"
          + " UNION ALL SELECT 'row security' FROM pg_catalog.pg_class"
          + " WHERE oid = CAST(? AS oid) AND relrowsecurity ORDER BY 1";

  /** Functions of the engine's own change no rows, but for a few that run texts or set things. */
  private static final String MAY_WRITE =
      "SELECT coalesce(bool_or(CASE WHEN n.nspname = 'pg_catalog' THEN p.proname LIKE 'lo\\_%'"
          + " OR p.proname IN ('lowrite', 'loread', 'set_config', 'query_to_xml', 'ts_stat',"
          + " 'query_to_xmlschema', 'query_to_xml_and_xmlschema', 'pg_logical_emit_message')"
          + " ELSE p.provolatile = 'v' AND p.proname NOT LIKE 'uuid\\_generate\\_%'"
          + " AND p.proname NOT IN ('gen_random_uuid', 'gen_random_bytes', 'gen_salt') END), false)"
          + " FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace"
          + " WHERE p.proname = ?";

  private static final Map<String, Integer> TYPES =
      Map.ofEntries(
          Map.entry("int2", Types.SMALLINT),
          Map.entry("int4", Types.INTEGER),
          Map.entry("int8", Types.BIGINT),
          Map.entry("numeric", Types.NUMERIC),
          Map.entry("float4", Types.REAL),
          Map.entry("float8", Types.DOUBLE),
          Map.entry("bool", Types.BOOLEAN),
          Map.entry("bpchar", Types.CHAR),
          Map.entry("varchar", Types.VARCHAR),
          Map.entry("text", Types.VARCHAR),
          Map.entry("bytea", Types.VARBINARY),
          Map.entry("date", Types.DATE),
          Map.entry("time", Types.TIME),
          Map.entry("timestamp", Types.TIMESTAMP),
          Map.entry("timetz", Types.TIMESTAMP_WITH_TIMEZONE),
          Map.entry("timestamptz", Types.TIMESTAMP_WITH_TIMEZONE));

  /** They name things of one node, or their text depends on its settings. */
  private static final Set<String> OF_A_NODE =
      Set.of("oid", "money", "xid", "xid8", "cid", "tid", "pg_lsn", "refcursor", "pg_snapshot");

  private record Reference(long parent, long child, boolean cascades) {}

  private final Connection connection;

  PostgresCatalogue(Connection connection) {
    this.connection = connection;
  }

  @Override
  public String currentSchema() throws SQLException {
    return PostgresPath.read(connection);
  }

  @Override
  public TableName resolve(String path, String name) throws SQLException {
    List<String> schemas = PostgresPath.schemas(path);
    List<String> searched = new ArrayList<>(schemas);
    searched.add(0, PostgresPath.SYSTEM);
    try (PreparedStatement statement = connection.prepareStatement(RESOLVE)) {
      statement.setArray(1, connection.createArrayOf("text", searched.toArray()));
      statement.setString(2, name);
      try (ResultSet result = statement.executeQuery()) {
        String schema = result.next() ? result.getString(1) : PostgresPath.first(schemas);
        return new TableName(
            PostgresPath.isTemporary(schema) ? PostgresFacts.TEMPORARY : schema, name);
      }
    }
  }

  @Override
  public boolean mayWrite(String function) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(MAY_WRITE)) {
      statement.setString(1, function);
      try (ResultSet result = statement.executeQuery()) {
        return result.next() && result.getBoolean(1);
      }
    }
  }

  /** Views, and all else that is written to like a table but isn't just one. */
  @Override
  public boolean isView(TableName name) throws SQLException {
    return find(name, false).isPresent();
  }

  @Override
  public Optional<Table> table(TableName name) throws SQLException {
    Optional<Long> id = find(name, true);
    return id.isEmpty() ? Optional.empty() : Optional.of(table(name, id.get()));
  }

  private Optional<Long> find(TableName name, boolean asTable) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(FIND)) {
      statement.setString(1, name.schema());
      statement.setString(2, name.name());
      try (ResultSet result = statement.executeQuery()) {
        return result.next() && result.getBoolean(2) == asTable
            ? Optional.of(result.getLong(1))
            : Optional.empty();
      }
    }
  }

  private Table table(TableName name, long id) throws SQLException {
    List<Column> columns = columns(id);
    List<List<String>> keys = new ArrayList<>();
    Set<String> unique = new HashSet<>();
    keys(id, columns, keys, unique);
    List<Reference> references = references();
    Set<Long> reached = reached(id, references);
    List<String> triggers = new ArrayList<>(triggers(id));
    for (long child : reached) {
      if (child != id) {
        triggers.addAll(triggers(child));
      }
    }
    boolean selfReferencing =
        reached.contains(id)
            || references.stream().anyMatch(r -> r.parent() == id && r.child() == id);
    return new Table(name, columns, keys, triggers, unique, selfReferencing);
  }

  private List<Column> columns(long id) throws SQLException {
    List<Column> columns = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(COLUMNS)) {
      statement.setLong(1, id);
      try (ResultSet result = statement.executeQuery()) {
        while (result.next()) {
          columns.add(column(result));
        }
      }
    }
    return columns;
  }

  /** A default that draws from a sequence makes a column an identity column, owned or not. */
  private static Column column(ResultSet result) throws SQLException {
    String kind = result.getString(6);
    String defaultText = result.getString(8);
    boolean generated = result.getBoolean(7);
    boolean draws = !generated && defaultText.startsWith("nextval(");
    Identity identity =
        kind.equals("a")
            ? Identity.ALWAYS
            : draws || kind.equals("d") ? Identity.BY_DEFAULT : Identity.NONE;
    String type = result.getString(2);
    boolean isOfNode =
        OF_A_NODE.contains(type) || type.startsWith("reg") || result.getString(3).equals("c");
    return new Column(
        result.getString(1),
        isOfNode ? Types.REF : TYPES.getOrDefault(type, Types.OTHER),
        result.getString(4),
        !result.getBoolean(5),
        generated || identity != Identity.NONE ? "" : defaultText,
        identity,
        generated);
  }

  /** Only a deferrable key is checked when the statement is done; others are, row by row. */
  private void keys(long id, List<Column> columns, List<List<String>> keys, Set<String> unique)
      throws SQLException {
    Set<String> nullable = new HashSet<>();
    columns.stream().filter(Column::nullable).map(Column::name).forEach(nullable::add);
    try (PreparedStatement statement = connection.prepareStatement(UNIQUE)) {
      statement.setLong(1, id);
      try (ResultSet result = statement.executeQuery()) {
        while (result.next()) {
          List<String> names = Arrays.asList((String[]) result.getArray(3).getArray());
          if (!result.getBoolean(1)) {
            unique.addAll(names);
          } else if (result.getBoolean(2) && names.stream().noneMatch(nullable::contains)) {
            keys.add(names);
          }
        }
      }
    }
  }

  private List<Reference> references() throws SQLException {
    List<Reference> references = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(REFERENCES);
        ResultSet result = statement.executeQuery()) {
      while (result.next()) {
        references.add(new Reference(result.getLong(1), result.getLong(2), result.getBoolean(3)));
      }
    }
    return references;
  }

  /** Tables that a write to {@code id} may change; {@code id} itself only by a circle. */
  private static Set<Long> reached(long id, List<Reference> references) {
    Set<Long> reached = new LinkedHashSet<>();
    Deque<Long> open = new ArrayDeque<>(List.of(id));
    while (!open.isEmpty()) {
      long parent = open.pop();
      for (Reference reference : references) {
        if (reference.cascades()
            && reference.parent() == parent
            && reached.add(reference.child())) {
          open.push(reference.child());
        }
      }
    }
    return reached;
  }

  private List<String> triggers(long id) throws SQLException {
    List<String> names = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(TRIGGERS)) {
      for (int i = 1; i <= 3; i++) {
        statement.setLong(i, id);
      }
      try (ResultSet result = statement.executeQuery()) {
        while (result.next()) {
          names.add(result.getString(1));
        }
      }
    }
    return names;
  }
}
