package io.pollux.sql;

import io.pollux.core.TableName;
import io.pollux.sql.SqlText.Range;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Set;

/**
 * Looks for what leads out of the application's own objects in a definition: the engine's schemas,
 * accounts, and calls of anything that is not known to be harmless. Both nodes ask: the active one
 * before it logs a definition, the backup before it believes one.
 */
final class Reach {
  /** What stands before the name of something that has a list of columns behind it. */
  private static final Set<String> LISTED = Set.of("TABLE", "VIEW");

  /** {@code CREATE TEMPORARY TABLE IF NOT EXISTS} are as many. */
  private static final int MOST_WORDS_BEFORE_NAME = 6;

  /** {@code CREATE TABLE NAME} are as many. */
  private static final int BEHIND_FIRST_NAME = 3;

  private static final String WAY_OUT = "run it on the database of each node directly";

  private final Context context;
  private final SqlText text;
  private final SqlFacts facts;
  private final String kind;

  Reach(Context context, String kind) {
    this.context = context;
    this.text = context.text();
    this.facts = context.facts();
    this.kind = kind;
  }

  /** What keeps the definition from being logged or believed; empty if nothing does. */
  Optional<CapturePlan> outside() throws SQLException {
    String current = context.catalogue().currentSchema();
    if (facts.names().isOwn(current) || isSystem(current)) {
      return refuse("the current schema " + current + " is not the application's");
    }
    if (runsEngine()) {
      return refuse("it names the code that keeps the rows");
    }
    for (int i = 0; i < text.size(); i++) {
      Optional<CapturePlan> found = outside(i);
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  /**
   * {@code CREATE TABLE … ENGINE "code"}, and {@code WITH} of a schema; {@code ENGINE = x} isn't.
   */
  private boolean runsEngine() {
    int named = text.find(new Range(BEHIND_FIRST_NAME, text.size()), Set.of("ENGINE"));
    boolean ofTable =
        kind.endsWith(" TABLE") && named < text.size() && !text.symbol(named + 1, "=");
    boolean ofSchema =
        kind.equals("CREATE SCHEMA") && text.find(text.all(), Set.of("WITH")) < text.size();
    return kind.startsWith("CREATE ") && (ofTable || ofSchema);
  }

  private Optional<CapturePlan> outside(int i) throws SQLException {
    boolean isColumn = text.words(i - 1, "RENAME") || text.words(i - 1, "COLUMN");
    if (text.words(i, "AUTHORIZATION") || (text.words(i, "OWNER", "TO") && !isColumn)) {
      return refuse("accounts belong to a node");
    }
    if (isVariable(i)) {
      return refuse("it reads a variable of the session");
    }
    if (!text.isName(i)) {
      return Optional.empty();
    }
    if (isTemporary(i)) {
      return Context.refuse(
          kind, "what it creates is this session's alone", "say CREATE TEMPORARY TABLE");
    }
    if (isEngineObject(i)) {
      return refuse("it names the engine's own " + text.text(i));
    }
    if (facts.reach().isInvented(facts.name(text, i))) {
      return Context.refuse(
          kind,
          text.text(i) + " is a name that the engine gave on this node; another node has others",
          "give constraints and indexes names of their own");
    }
    if (isSystem(facts.name(text, i)) && isName(i) && !isReadable(i)) {
      return refuse("it names the engine's own schema " + text.text(i));
    }
    if (text.symbol(i + 1, "(") && !isHarmless(i)) {
      return refuse("it calls " + text.text(i) + ", which may run code or differ between nodes");
    }
    return Optional.empty();
  }

  /** {@code @NAME}; not the operators {@code <@} and {@code @@}. */
  private boolean isVariable(int i) {
    boolean isOperator = text.symbol(i - 1, "<") || text.symbol(i - 1, "@");
    return text.symbol(i, "@") && text.isName(i + 1) && !isOperator;
  }

  private boolean isSystem(String schema) {
    return facts.reach().systemSchemas().contains(schema);
  }

  /** Whether something is looked up in the schema at {@code i}, or the schema itself is meant. */
  private boolean isName(int i) {
    return text.symbol(i + 1, ".") || text.words(i - 1, "SCHEMA");
  }

  /** Whether something is created among temporary objects by the name of their schema alone. */
  private boolean isTemporary(int i) {
    return text.symbol(i + 1, ".")
        && kind.startsWith("CREATE ")
        && !kind.startsWith("CREATE TEMP")
        && context.isTemporary(facts.name(text, i));
  }

  /** Whether a name without a schema is found among the engine's own objects. */
  private boolean isEngineObject(int i) throws SQLException {
    boolean isQualified = text.symbol(i - 1, ".") && facts.names().ownPrefix().isEmpty();
    if (text.symbol(i + 1, ".") || isQualified) {
      return false;
    }
    Optional<TableName> name = context.name(i).map(Context.Name::table);
    return name.filter(found -> isSystem(found.schema())).isPresent() && !isReadable(i);
  }

  private boolean isReadable(int i) throws SQLException {
    Optional<TableName> name = context.name(i).map(Context.Name::table);
    return kind.equals("CREATE VIEW")
        && name.filter(facts.reach().readable()::contains).isPresent();
  }

  /** Whether the bracket behind the name at {@code i} makes no call, or a harmless one. */
  private boolean isHarmless(int i) {
    String word = text.word(i);
    boolean qualified = text.symbol(i - 1, ".") || text.symbol(i - 1, "::");
    boolean known =
        facts.reach().functions().contains(word)
            || facts.reach().words().contains(word)
            || facts.expressions().functions().contains(word)
            || facts.expressions().words().contains(word);
    return (known && !qualified) || isListed(i);
  }

  /** Whether a list of columns stands behind the name: of what is defined, or of an alias. */
  private boolean isListed(int i) {
    int first = i;
    while (text.symbol(first - 1, ".") && text.isName(first - 2)) {
      first -= 2;
    }
    boolean index = kind.endsWith("INDEX") && text.words(first - 1, "ON");
    boolean defined =
        kind.startsWith("CREATE ")
            && first <= MOST_WORDS_BEFORE_NAME
            && (LISTED.contains(text.word(first - 1))
                || (text.words(first - 3, "IF", "NOT", "EXISTS")
                    && LISTED.contains(text.word(first - 4))));
    boolean alias = first == i && text.words(i - 1, "AS") && text.symbol(i - 2, ")");
    return index || defined || alias || text.words(first - 1, "REFERENCES");
  }

  private Optional<CapturePlan> refuse(String reason) {
    return Context.refuse(kind, reason, WAY_OUT);
  }
}
