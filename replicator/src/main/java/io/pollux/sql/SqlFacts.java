package io.pollux.sql;

import io.pollux.core.TableName;
import io.pollux.sql.Binding.ClockKind;
import io.pollux.sql.Token.Kind;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the classifier must know of an engine, as data. Filled by the engine's dialect.
 *
 * @param explicitKey what an INSERT says before VALUES when it gives a value to a column GENERATED
 *     ALWAYS, with a space before it; empty if nothing helps or nothing is needed
 * @param unsupportedTypes of {@link java.sql.Types}: values that can't be carried exactly
 */
public record SqlFacts(
    LexerRules lexer,
    Names names,
    Expressions expressions,
    Statements statements,
    Reach reach,
    Locks locks,
    String explicitKey,
    Set<Integer> unsupportedTypes,
    Returning returning) {

  private static final Pattern ESCAPE =
      Pattern.compile("\\\\(?:([0-9A-Fa-f]{4})|\\+([0-9A-Fa-f]{6})|\\\\)");

  /** Whether INSERT, UPDATE and DELETE can return the rows that they changed. */
  public enum Returning {
    NO,
    /**
     * Not in the text, but the driver shows each row that was inserted or updated as a generated
     * key.
     */
    AS_GENERATED_KEYS,
    /** Its list may name a column of any table of the statement, by the table's alias. */
    OF_ALL_TABLES,
    /** Its list names columns of the changed table alone, and no alias. */
    OF_THE_CHANGED_TABLE
  }

  /** How identifiers without quotes are stored. */
  public enum IdentifierCase {
    UPPER,
    LOWER,
    AS_WRITTEN,
    /** Letters of ASCII mean the same in either case, in quotes too; kept in lower case. */
    FOLDED
  }

  /**
   * Names of objects.
   *
   * @param temporarySchema holds temporary tables; empty if the engine has no such schema
   * @param ownSchema holds Pollux's tables; empty on an engine where schemas can't be created
   * @param ownPrefix what the names of Pollux's tables begin with, where they have no schema of
   *     their own; empty otherwise
   */
  public record Names(
      IdentifierCase identifierCase, String temporarySchema, String ownSchema, String ownPrefix) {
    /** With a schema for Pollux's tables. */
    public Names(IdentifierCase identifierCase, String temporarySchema, String ownSchema) {
      this(identifierCase, temporarySchema, ownSchema, "");
    }

    /** Whether a statement says with its tables in which schema they are. */
    public boolean hasSchemas() {
      return !ownSchema.isEmpty() || !ownPrefix.isEmpty();
    }

    /** Whether the schema is Pollux's. */
    public boolean isOwn(String schema) {
      return !schema.isEmpty() && schema.equals(ownSchema);
    }

    /** Whether the table is Pollux's. */
    public boolean isOwn(TableName table) {
      return isOwn(table.schema()) || isOwnName(table.name());
    }

    boolean isOwnName(String name) {
      return !ownPrefix.isEmpty() && name.startsWith(ownPrefix);
    }
  }

  /**
   * Words of expressions, in upper case.
   *
   * @param functions deterministic: the same result for the same arguments on every node
   * @param words keywords and type names that neither read nor call anything
   * @param sessionWords reserved words whose value depends on the session
   * @param zonedWords conversions whose result depends on the time zone of the process
   * @param clocks words that read the clock, several words separated by one space
   * @param drawing functions that advance the sequence that their first argument names
   * @param escapeClocks functions without arguments that read the clock in a JDBC escape
   */
  public record Expressions(
      Set<String> functions,
      Set<String> words,
      Set<String> sessionWords,
      Set<String> zonedWords,
      Set<String> drawing,
      Map<String, ClockKind> clocks,
      Map<String, ClockKind> escapeClocks) {}

  /**
   * First words of statements, in upper case, several words separated by one space.
   *
   * @param queries words that a query begins with
   * @param writing words that no query contains
   * @param reading statements that change nothing
   * @param session statements that change only the session
   * @param definitions schema changes that are logged
   * @param refused statements that are refused, with the kind and what to do instead
   * @param maintenance procedures that change no rows, with their schema
   * @param controls whole texts that begin or end a transaction, without the savepoint's name
   */
  public record Statements(
      Set<String> queries,
      Set<String> writing,
      Set<String> reading,
      Set<String> session,
      Set<String> definitions,
      Map<String, CapturePlan.Refuse> refused,
      Set<String> maintenance,
      Map<String, CapturePlan.Control.Step> controls) {}

  /**
   * What a definition may reach: the application's own objects, and of the engine's only this. All
   * of it is data of an allow-list; a call that is not on it may run code.
   *
   * @param functions that come with the engine and touch nothing outside the database, besides
   *     those of {@link Expressions}
   * @param words that are not a call although a bracket stands behind them, besides those of {@link
   *     Expressions}
   * @param systemSchemas the engine's own, as the catalogue spells them
   * @param readable objects in them that everybody may read, with their schema
   * @param invented a regular expression of names that the engine gives and that mean something
   *     else on another node; empty if a name means the same everywhere
   */
  public record Reach(
      Set<String> functions,
      Set<String> words,
      Set<String> systemSchemas,
      Set<TableName> readable,
      String invented) {

    boolean isInvented(String name) {
      return !invented.isEmpty() && name.matches(invented);
    }
  }

  /**
   * What stands behind a query of keys.
   *
   * @param forUpdate for a query of one table: holds the rows for an update
   * @param stableResult for any query: asked again, it returns the same; empty if the engine can't
   *     hold what a query did not find
   * @param lockTable a statement that keeps others from writing the table {@code %s}; empty if the
   *     engine has none
   * @param touch where {@code forUpdate} holds nothing: an UPDATE of the table {@code %s} that
   *     leaves its column {@code %s} as it is and so holds the rows; empty where a query does
   */
  public record Locks(String forUpdate, String stableResult, String lockTable, String touch) {}

  public SqlFacts {
    Objects.requireNonNull(lexer, "lexer");
    Objects.requireNonNull(names, "names");
    Objects.requireNonNull(expressions, "expressions");
    Objects.requireNonNull(statements, "statements");
    Objects.requireNonNull(reach, "reach");
    Objects.requireNonNull(locks, "locks");
    Objects.requireNonNull(explicitKey, "explicitKey");
    Objects.requireNonNull(returning, "returning");
    unsupportedTypes = Set.copyOf(unsupportedTypes);
  }

  /** A name as the catalogue spells it, from how it stands in SQL. */
  public String normalize(String identifier) {
    if (identifier.length() > 2 && identifier.startsWith("&\"", 1)) {
      return unescaped(normalize(identifier.substring(2)));
    }
    boolean quoted = identifier.length() >= 2 && "\"`['".indexOf(identifier.charAt(0)) >= 0;
    if (quoted) {
      String close = identifier.substring(identifier.length() - 1);
      String name = identifier.substring(1, identifier.length() - 1).replace(close + close, close);
      return names.identifierCase() == IdentifierCase.FOLDED ? folded(name) : name;
    }
    return switch (names.identifierCase()) {
      case FOLDED -> folded(identifier);
      case UPPER -> identifier.toUpperCase(Locale.ENGLISH);
      case LOWER -> identifier.toLowerCase(Locale.ENGLISH);
      case AS_WRITTEN -> identifier;
    };
  }

  /** {@code U&"…"} has a backslash and the code of a character, or two backslashes. */
  private static String unescaped(String name) {
    return ESCAPE
        .matcher(name)
        .replaceAll(
            escape -> {
              String code = escape.group(1) != null ? escape.group(1) : escape.group(2);
              int character = code == null ? '\\' : Integer.parseInt(code, 16);
              return Character.isValidCodePoint(character)
                  ? Matcher.quoteReplacement(Character.toString(character))
                  : "?";
            });
  }

  private static String folded(String name) {
    StringBuilder folded = new StringBuilder(name);
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      folded.setCharAt(i, c >= 'A' && c <= 'Z' ? (char) (c - 'A' + 'a') : c);
    }
    return folded.toString();
  }

  /** A name of the catalogue as it may stand in SQL. */
  public String quote(String name) {
    return "\"" + name.replace("\"", "\"\"") + "\"";
  }

  /** The name at {@code i}, as the catalogue spells it; empty if there is none. */
  String name(SqlText text, int i) {
    return text.is(i, Kind.WORD) || text.is(i, Kind.QUOTED) ? normalize(text.text(i)) : "";
  }
}
