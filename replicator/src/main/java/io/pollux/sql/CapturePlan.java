package io.pollux.sql;

import io.pollux.core.SqlValue;
import io.pollux.core.TableName;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How one statement template is run and what of it is logged (DESIGN.md section 4). Pure data; the
 * driver performs it.
 */
public sealed interface CapturePlan {

  /** One method per shape, so that a new shape breaks the compile of everyone who must know it. */
  interface Handler<R, X extends Exception> {
    R pass(Pass plan) throws X;

    R closed(Closed plan) throws X;

    R locked(Locked plan) throws X;

    R split(Split plan) throws X;

    R eachKey(EachKey plan) throws X;

    R images(Images plan) throws X;

    R insertSelect(InsertSelect plan) throws X;

    R returning(Returning plan) throws X;

    R merge(Merge plan) throws X;

    R sequence(Sequence plan) throws X;

    R ddl(Ddl plan) throws X;

    R session(Session plan) throws X;

    R control(Control plan) throws X;

    R script(Script plan) throws X;

    R refuse(Refuse plan) throws X;
  }

  <R, X extends Exception> R accept(Handler<R, X> handler) throws X;

  /** Provably reads only: runs as it is, nothing is logged. */
  record Pass() implements CapturePlan {
    @Override
    public <R, X extends Exception> R accept(Handler<R, X> handler) throws X {
      return handler.pass(this);
    }
  }

  /**
   * REPLAY and REWRITE: {@code local} runs once, {@code logged} is what the backup executes. They
   * differ where a default, the clock, a sequence or an identity gave a value. An execution that
   * changed no row is not logged.
   *
   * @param generatedKey identity column whose generated value is to be fetched after the execution
   */
  record Closed(TableName table, Bound local, Bound logged, Optional<String> generatedKey)
      implements CapturePlan {
    public Closed {
      Objects.requireNonNull(table, "table");
      Objects.requireNonNull(local, "local");
      Objects.requireNonNull(logged, "logged");
      Objects.requireNonNull(generatedKey, "generatedKey");
    }

    /** Whether {@code sql} runs as it is and is logged as it is: a statement of the log is. */
    public boolean isOwnLog(String sql) {
      return logged.sql().equals(sql) && local.equals(logged) && generatedKey.isEmpty();
    }

    @Override
    public <R, X extends Exception> R accept(Handler<R, X> handler) throws X {
      return handler.closed(this);
    }
  }

  /**
   * A statement that is closed only while nobody else writes its table: it moves unique keys of
   * several rows, or its table has no key. {@code lock} runs first and lasts to the end of the
   * transaction; then as {@link Closed} (DETERMINISM.md D7, D12, D14).
   */
  record Locked(String lock, Closed statement) implements CapturePlan {
    public Locked {
      Objects.requireNonNull(lock, "lock");
      Objects.requireNonNull(statement, "statement");
    }

    @Override
    public <R, X extends Exception> R accept(Handler<R, X> handler) throws X {
      return handler.locked(this);
    }
  }

  /**
   * Several closed statements that replace one, all or nothing: an INSERT of several rows whose
   * keys the engine doesn't tell.
   */
  record Split(List<Closed> parts) implements CapturePlan {
    public Split {
      parts = List.copyOf(parts);
    }

    @Override
    public <R, X extends Exception> R accept(Handler<R, X> handler) throws X {
      return handler.split(this);
    }
  }

  /**
   * KEYS: the keys are read once, without locks that last, and {@code each} runs for each of them;
   * what changed a row is logged as {@code logged}. Their {@link Binding.Fetched} count the columns
   * of the query. The update count is the sum.
   *
   * <p>{@code each} asks the application's condition again where that can be asked of one row: it
   * is lock and check in one, holds no lock on rows that it doesn't change, and so waits where the
   * bare statement waits (DETERMINISM.md C3). Where it can't, the rows are held first.
   *
   * @param selectKeys in the order of the keys, so that two of a kind wait for each other and don't
   *     deadlock
   * @param hold locks one row by its key; then {@code selectKeys} is asked once more and only rows
   *     that it returned both times are changed. Empty if {@code each} asks the condition again
   */
  record EachKey(TableName table, Bound selectKeys, Optional<Bound> hold, Bound each, Bound logged)
      implements CapturePlan {
    public EachKey {
      Objects.requireNonNull(table, "table");
      Objects.requireNonNull(selectKeys, "selectKeys");
      Objects.requireNonNull(hold, "hold");
      Objects.requireNonNull(each, "each");
      Objects.requireNonNull(logged, "logged");
    }

    @Override
    public <R, X extends Exception> R accept(Handler<R, X> handler) throws X {
      return handler.eachKey(this);
    }
  }

  /**
   * ROWS for an UPDATE whose new values can't be computed from the row alone: {@code selectKeys}
   * reads the keys of the rows under locks that last to the end of the transaction, {@code local}
   * runs the application's statement, and its count must equal the number of keys (otherwise both
   * are rolled back to a savepoint and tried again). Then each row is read back with {@code
   * selectImage} (bound to the key) and logged as an image of {@code setColumns} addressed by
   * {@code keyColumns}. {@code selectImage} returns the set columns and then the key columns.
   *
   * @param hold as in {@link EachKey}, where {@code selectKeys} holds nothing
   * @param sequences that {@code local} advances; the position of each is logged after it
   */
  record Images(
      TableName table,
      Bound selectKeys,
      Optional<Bound> hold,
      Bound local,
      Bound selectImage,
      List<String> setColumns,
      List<String> keyColumns,
      List<TableName> sequences)
      implements CapturePlan {
    public Images {
      Objects.requireNonNull(table, "table");
      Objects.requireNonNull(selectKeys, "selectKeys");
      Objects.requireNonNull(hold, "hold");
      Objects.requireNonNull(local, "local");
      Objects.requireNonNull(selectImage, "selectImage");
      setColumns = List.copyOf(setColumns);
      keyColumns = List.copyOf(keyColumns);
      sequences = List.copyOf(sequences);
    }

    @Override
    public <R, X extends Exception> R accept(Handler<R, X> handler) throws X {
      return handler.images(this);
    }
  }

  /**
   * ROWS for INSERT … SELECT: {@code query} runs once and is read to its end before the first row
   * is inserted (it may read the same table); then for each of its rows {@code insert} with the
   * row's columns as {@link Binding.Fetched}; all or nothing. The update count is the number of
   * rows.
   *
   * @param sequences that the query advances; the position of each is logged after it
   */
  record InsertSelect(TableName table, Bound query, Closed insert, List<TableName> sequences)
      implements CapturePlan {
    public InsertSelect {
      Objects.requireNonNull(table, "table");
      Objects.requireNonNull(query, "query");
      Objects.requireNonNull(insert, "insert");
      sequences = List.copyOf(sequences);
    }

    @Override
    public <R, X extends Exception> R accept(Handler<R, X> handler) throws X {
      return handler.insertSelect(this);
    }
  }

  /**
   * KEYS and ROWS where the statement itself says what it changed: {@code local} runs once with
   * {@code RETURNING} and what the application wants to see of the rows, then {@code returned}.
   * Each row that it returns is logged as {@code logged}, whose {@link Binding.Fetched} count the
   * columns of {@code returned}. The update count is the number of rows.
   *
   * @param shown the application's own RETURNING list; empty if it has none
   * @param returned the texts of the columns that are added
   * @param keyColumns how many of them, the last ones, address the row; none for an INSERT
   * @param identity the one of them that the engine generated, if it did
   * @param sequences that it may advance; the position of each is logged after it
   */
  record Returning(
      TableName table,
      Bound local,
      Bound shown,
      List<String> returned,
      int keyColumns,
      Bound logged,
      OptionalInt identity,
      List<TableName> sequences)
      implements CapturePlan {
    public Returning {
      Objects.requireNonNull(table, "table");
      Objects.requireNonNull(local, "local");
      Objects.requireNonNull(shown, "shown");
      returned = List.copyOf(returned);
      Objects.requireNonNull(logged, "logged");
      Objects.requireNonNull(identity, "identity");
      sequences = List.copyOf(sequences);
    }

    /** Whether the key of a row that was changed, given as its {@code returned}, is whole. */
    public boolean addresses(List<SqlValue> row) {
      return row.subList(row.size() - keyColumns, row.size()).stream()
          .noneMatch(SqlValue.Null.class::isInstance);
    }

    /** The whole statement, where the application is to see the columns {@code wanted}, if any. */
    public Bound whole(String wanted) {
      List<Binding> bindings = new ArrayList<>(local.bindings());
      bindings.addAll(shown.bindings());
      String first = wanted.isEmpty() ? "" : wanted + ", ";
      return new Bound(local.sql() + " RETURNING " + first + String.join(", ", returned), bindings);
    }

    @Override
    public <R, X extends Exception> R accept(Handler<R, X> handler) throws X {
      return handler.returning(this);
    }
  }

  /**
   * ROWS for MERGE where the driver shows each row that it inserted or updated as a generated key:
   * {@code local} runs once and shows {@code columns}; each row is logged as an image that an
   * UPDATE by its key sets, or an INSERT if there is no such row.
   *
   * @param columns of the rows: those that are set, then the key
   * @param keyColumns how many of them are the key
   * @param identity the one of them that the engine may have generated
   * @param sequences that it may advance; the position of each is logged after it
   */
  record Merge(
      TableName table,
      Bound local,
      List<String> columns,
      int keyColumns,
      OptionalInt identity,
      List<TableName> sequences)
      implements CapturePlan {
    public Merge {
      Objects.requireNonNull(table, "table");
      Objects.requireNonNull(local, "local");
      columns = List.copyOf(columns);
      Objects.requireNonNull(identity, "identity");
      sequences = List.copyOf(sequences);
    }

    /** What the driver shows for {@link java.sql.Statement#RETURN_GENERATED_KEYS}. */
    public List<String> shownByFlag() {
      return identity.isPresent()
          ? List.of(columns.get(identity.getAsInt()))
          : columns.subList(columns.size() - keyColumns, columns.size());
    }

    @Override
    public <R, X extends Exception> R accept(Handler<R, X> handler) throws X {
      return handler.merge(this);
    }
  }

  /**
   * A query that advances sequences: runs as it is; afterwards the position of each sequence is
   * logged.
   */
  record Sequence(List<TableName> sequences) implements CapturePlan {
    public Sequence {
      sequences = List.copyOf(sequences);
    }

    @Override
    public <R, X extends Exception> R accept(Handler<R, X> handler) throws X {
      return handler.sequence(this);
    }
  }

  /**
   * A schema change: logged as its text. If {@code fills} is present, the statement filled existing
   * rows of that table with values of this node; they are logged as images right after it.
   */
  record Ddl(String kind, Optional<Fill> fills) implements CapturePlan {
    /** Columns of a table that a DDL statement filled. */
    public record Fill(TableName table, List<String> columns) {
      public Fill {
        Objects.requireNonNull(table, "table");
        columns = List.copyOf(columns);
      }
    }

    public Ddl {
      Objects.requireNonNull(kind, "kind");
      Objects.requireNonNull(fills, "fills");
    }

    @Override
    public <R, X extends Exception> R accept(Handler<R, X> handler) throws X {
      return handler.ddl(this);
    }
  }

  /**
   * Changes only this session (SET SCHEMA, isolation): runs as it is, nothing is logged; cached
   * facts of the session are dropped.
   */
  record Session() implements CapturePlan {
    @Override
    public <R, X extends Exception> R accept(Handler<R, X> handler) throws X {
      return handler.session(this);
    }
  }

  /**
   * Begins or ends a transaction, or a part of one, as text: the driver does what the JDBC call for
   * it does.
   *
   * @param savepoint as the catalogue would spell it; empty where the step has none
   */
  record Control(Step step, String savepoint) implements CapturePlan {
    /** What such a text does. */
    public enum Step {
      BEGIN(false),
      /** With the right to write, which only one transaction has. */
      BEGIN_WRITING(false),
      COMMIT(false),
      ROLLBACK(false),
      SAVEPOINT(true),
      ROLLBACK_TO(true),
      RELEASE(true);

      private final boolean isOfSavepoint;

      Step(boolean isOfSavepoint) {
        this.isOfSavepoint = isOfSavepoint;
      }
    }

    public Control {
      Objects.requireNonNull(step, "step");
      Objects.requireNonNull(savepoint, "savepoint");
    }

    /** The text that has exactly the words of {@code step}, of which there are {@code words}. */
    static Optional<CapturePlan> of(Step step, int words, SqlText text, SqlFacts facts) {
      String name = step.isOfSavepoint ? facts.name(text, words) : "";
      int size = step.isOfSavepoint ? words + 1 : words;
      return text.size() == size && step.isOfSavepoint != name.isEmpty()
          ? Optional.of(new Control(step, name))
          : Optional.empty();
    }

    @Override
    public <R, X extends Exception> R accept(Handler<R, X> handler) throws X {
      return handler.control(this);
    }
  }

  /**
   * Several statements in one text, of which none returns rows: they run one by one, each by the
   * plan that it has when its turn comes.
   */
  record Script(List<String> texts) implements CapturePlan {
    public Script {
      texts = List.copyOf(texts);
    }

    @Override
    public <R, X extends Exception> R accept(Handler<R, X> handler) throws X {
      return handler.script(this);
    }
  }

  /** Whether it changes or controls something and the application gets no rows of it. */
  default boolean returnsNoRows() {
    return !(this instanceof Pass
        || this instanceof Sequence
        || (this instanceof Returning write && !write.shown().sql().isEmpty()));
  }

  /**
   * A write that can't be captured, or a text that can't be read: an SQLException with SQLState
   * 0A000 that says all three. The driver lets the engine prepare the text first, so that the
   * engine's own error (no such table, syntax) is what the application sees.
   */
  record Refuse(String kind, String reason, String wayOut) implements CapturePlan {
    public Refuse {
      Objects.requireNonNull(kind, "kind");
      Objects.requireNonNull(reason, "reason");
      Objects.requireNonNull(wayOut, "wayOut");
    }

    @Override
    public <R, X extends Exception> R accept(Handler<R, X> handler) throws X {
      return handler.refuse(this);
    }
  }
}
