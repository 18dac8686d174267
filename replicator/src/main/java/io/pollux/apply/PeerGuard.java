package io.pollux.apply;

import io.pollux.core.Change;
import io.pollux.core.TableName;
import io.pollux.engine.Dialect;
import io.pollux.sql.CapturePlan;
import io.pollux.sql.Catalogue;
import io.pollux.sql.Classifier;
import io.pollux.sql.PlanCache;
import io.pollux.sql.SqlFacts;
import io.pollux.sql.Table;
import io.pollux.sql.Template;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What a peer sends is data: before a change is executed it must be one that this node, asked for
 * it by its own application, would have logged in the same words. The {@link Classifier} reads
 * every text again, against this database's catalogue; a logged statement is its own plan. {@link
 * SecondReader} reads it too. What is built here from names is checked against the catalogue.
 *
 * <p>A text is read once for each schema version; the memory of that is bounded. Used by one thread
 * at a time.
 */
public final class PeerGuard implements Guard {
  private static final int MAX_TABLES = 10_000;
  private static final int MAX_NAME = 128;

  private final Dialect dialect;
  private final SqlFacts facts;
  private final Classifier classifier;
  private final SecondReader second;
  private final PlanCache allowed = new PlanCache();

  /** As of this schema version; started anew when it passes {@link #MAX_TABLES}. */
  private final Map<TableName, Optional<Table>> tables = new HashMap<>();

  private long schemaVersion;

  public PeerGuard(Dialect dialect) {
    this.dialect = Objects.requireNonNull(dialect, "dialect");
    this.facts = dialect.facts();
    this.classifier = new Classifier(facts);
    this.second = new SecondReader(facts);
  }

  /** The database's own catalogue, each table read once, in the schema that the change names. */
  private final class Known implements Catalogue {
    private final Catalogue catalogue;
    private final String schema;

    Known(Connection connection, String schema) {
      this.catalogue = dialect.catalogue(connection);
      this.schema = schema;
    }

    @Override
    public String currentSchema() {
      return schema;
    }

    @Override
    public Optional<Table> table(TableName name) throws SQLException {
      Optional<Table> known = tables.get(name);
      if (known == null) {
        known = catalogue.table(name);
        if (tables.size() >= MAX_TABLES) {
          tables.clear();
        }
        tables.put(name, known);
      }
      return known;
    }

    @Override
    public TableName resolve(String currentSchema, String name) throws SQLException {
      return catalogue.resolve(currentSchema, name);
    }

    @Override
    public boolean mayWrite(String function) throws SQLException {
      return catalogue.mayWrite(function);
    }

    @Override
    public boolean isView(TableName name) throws SQLException {
      return catalogue.isView(name);
    }
  }

  @Override
  public void schemaChanged() {
    schemaVersion++;
    tables.clear();
  }

  @Override
  public void check(Connection connection, Change change) throws SQLException {
    change.accept(
        new Change.Handler<Void, SQLException>() {
          @Override
          public Void statement(Change.Statement statement) throws SQLException {
            checkStatement(connection, statement);
            return null;
          }

          @Override
          public Void rows(Change.Rows rows) throws SQLException {
            checkRows(connection, rows);
            return null;
          }

          @Override
          public Void ddl(Change.Ddl ddl) throws SQLException {
            checkDdl(connection, ddl);
            return null;
          }

          @Override
          public Void generator(Change.Generator generator) throws SQLException {
            checkGenerator(generator);
            return null;
          }
        });
  }

  private void checkStatement(Connection connection, Change.Statement change) throws SQLException {
    Optional<CapturePlan> known = allowed.get(change.sql(), change.schema(), schemaVersion);
    CapturePlan.Closed plan =
        known.isPresent()
            ? (CapturePlan.Closed) known.orElseThrow()
            : readStatement(connection, change);
    if (!plan.table().equals(change.table())) {
      throw refused(change, "its record says that it changes " + change.table());
    }
    int parameters = plan.logged().bindings().size();
    for (Change.ParameterSet set : change.sets()) {
      if (set.values().size() != parameters) {
        throw refused(change, set.values().size() + " values for " + parameters + " parameters");
      }
    }
  }

  /** Texts that differ in their literals alone are read once. */
  private CapturePlan.Closed readStatement(Connection connection, Change.Statement change)
      throws SQLException {
    String template = Template.of(change.sql(), facts);
    Optional<CapturePlan> known = allowed.get(template, change.schema(), schemaVersion);
    CapturePlan.Closed plan =
        known.isPresent()
            ? (CapturePlan.Closed) known.orElseThrow()
            : readTemplate(connection, change, template);
    allowed.put(change.sql(), change.schema(), schemaVersion, plan);
    return plan;
  }

  private CapturePlan.Closed readTemplate(
      Connection connection, Change.Statement change, String template) throws SQLException {
    Known catalogue = new Known(connection, schema(change.schema(), change.sql()));
    CapturePlan plan = classifier.classify(template, catalogue);
    CapturePlan inner = inner(plan, template);
    if (plan instanceof CapturePlan.Refuse refuse) {
      throw refused(change, refuse.kind() + ": " + refuse.reason());
    }
    if (!(inner instanceof CapturePlan.Closed closed) || !closed.isOwnLog(template)) {
      throw refused(change, "no node logs it in these words; a statement of the log is closed");
    }
    Optional<String> contradiction = second.contradiction(template, closed.table());
    if (contradiction.isPresent()) {
      throw refused(change, contradiction.orElseThrow());
    }
    allowed.put(template, change.schema(), schemaVersion, closed);
    return closed;
  }

  /** The image of a row is logged in the words that it would be logged in again. */
  private static CapturePlan inner(CapturePlan plan, String template) {
    if (plan instanceof CapturePlan.Returning image && image.logged().sql().equals(template)) {
      return new CapturePlan.Closed(
          image.table(), image.logged(), image.logged(), Optional.empty());
    }
    return plan instanceof CapturePlan.Locked locked ? locked.statement() : plan;
  }

  private void checkDdl(Connection connection, Change.Ddl change) throws SQLException {
    Known catalogue = new Known(connection, schema(change.schema(), change.sql()));
    CapturePlan plan = classifier.classify(change.sql(), catalogue);
    if (plan instanceof CapturePlan.Refuse refuse) {
      throw new RefusedException(shown(change.sql()), refuse.kind() + ": " + refuse.reason());
    }
    if (!(plan instanceof CapturePlan.Ddl)) {
      throw new RefusedException(shown(change.sql()), "it is no definition");
    }
    Optional<String> contradiction = second.contradiction(change.sql());
    if (contradiction.isPresent()) {
      throw new RefusedException(shown(change.sql()), contradiction.orElseThrow());
    }
  }

  /** A name of the engine without schemas is empty; all others must be named. */
  private String schema(String schema, String sql) throws RefusedException {
    if (schema.isEmpty() == facts.names().hasSchemas() || isForeign(schema)) {
      throw new RefusedException(
          shown(sql), "its schema '" + schema + "' is not the application's");
    }
    return schema;
  }

  private boolean isForeign(String schema) {
    return !schema.isEmpty()
        && (facts.names().isOwn(schema) || facts.reach().systemSchemas().contains(schema));
  }

  private void checkRows(Connection connection, Change.Rows change) throws SQLException {
    String what = change.action() + " of rows of " + change.table();
    Known catalogue = new Known(connection, change.table().schema());
    Table table = table(catalogue, change.table(), what);
    if (!table.triggers().isEmpty()) {
      throw new RefusedException(what, "it fires the triggers " + table.triggers());
    }
    int set = change.columns().size() - change.keyColumns();
    boolean isWhole =
        switch (change.action()) {
          case INSERT -> change.keyColumns() == 0 && set > 0;
          case UPDATE -> change.keyColumns() > 0 && set > 0;
          case DELETE -> change.keyColumns() > 0 && set == 0;
          case UPSERT -> change.keyColumns() > 0;
        };
    if (!isWhole) {
      throw new RefusedException(
          what, change.keyColumns() + " of " + change.columns().size() + " columns are keys");
    }
    List<String> columns = change.columns();
    for (String column : columns) {
      if (table.column(column).isEmpty()) {
        throw new RefusedException(what, "the table has no column " + column);
      }
    }
    if (new HashSet<>(columns.subList(0, set)).size() < set
        || new HashSet<>(columns.subList(set, columns.size())).size() < change.keyColumns()) {
      throw new RefusedException(what, "a column is named twice: " + columns);
    }
  }

  private void checkGenerator(Change.Generator change) throws SQLException {
    TableName name = change.name();
    if (isForeign(name.schema())
        || facts.names().isOwn(name)
        || name.name().isEmpty()
        || name.name().length() > MAX_NAME
        || name.schema().length() > MAX_NAME) {
      throw new RefusedException("a mark of " + name, "the name is not one of the application's");
    }
  }

  @Override
  public void checkRead(Connection connection, TableName name) throws SQLException {
    table(new Known(connection, name.schema()), name, "to read " + name);
  }

  private Table table(Known catalogue, TableName name, String what) throws SQLException {
    if (isForeign(name.schema()) || facts.names().isOwn(name)) {
      throw new RefusedException(what, "the table is not the application's");
    }
    return catalogue
        .table(name)
        .orElseThrow(() -> new RefusedException(what, "there is no such table here"));
  }

  private static RefusedException refused(Change.Statement change, String reason) {
    return new RefusedException(shown(change.sql()), reason);
  }

  private static String shown(String sql) {
    int most = 200;
    return "'" + (sql.length() <= most ? sql : sql.substring(0, most) + "…") + "'";
  }
}
