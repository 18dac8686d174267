package io.pollux.sql;

import io.pollux.sql.CapturePlan.Control;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Decides for a statement template what it may change and so how it is captured (DESIGN.md section
 * 4). Reads the text token by token: whatever is not known to be harmless is a write, and a write
 * that no rule covers is refused, never guessed. What stands in a literal decides nothing but
 * whether a number has an exponent ({@link Template} rests on that). Takes linear time and no
 * stack, never throws for any text. Stateless; any thread.
 */
public final class Classifier {
  private static final int LONGEST_KIND = 4;

  private final SqlFacts facts;

  public Classifier(SqlFacts facts) {
    this.facts = Objects.requireNonNull(facts, "facts");
  }

  /**
   * Classifies any text; malformed text is refused. The result holds for as long as the current
   * schema and the catalogue's objects stay what they are: cache it in a {@link PlanCache}.
   *
   * @throws SQLException only what {@code catalogue} throws
   */
  public CapturePlan classify(String sql, Catalogue catalogue) throws SQLException {
    Objects.requireNonNull(catalogue, "catalogue");
    SqlText text = new SqlText(Objects.requireNonNull(sql, "sql"), facts.lexer());
    if (text.isReadable() && text.size() == 0) {
      return new CapturePlan.Pass();
    }
    if (!text.isReadable()) {
      return new CapturePlan.Refuse(
          "statement", "the text is not closed or has characters that no rule reads", "correct it");
    }
    List<String> parts = text.statements();
    if (parts.size() != 1 || parts.get(0).length() < text.slice(text.all()).length()) {
      return facts.lexer().has(LexerRules.Rule.TERMINATORS)
          ? script(parts, catalogue)
          : Scripts.refusal();
    }
    return plan(new Context(facts, text, catalogue));
  }

  private CapturePlan script(List<String> parts, Catalogue catalogue) throws SQLException {
    List<CapturePlan> plans = new ArrayList<>();
    boolean hasParameters = false;
    for (String part : parts) {
      SqlText text = new SqlText(part, facts.lexer());
      plans.add(plan(new Context(facts, text, catalogue)));
      hasParameters |= text.hasParameters();
    }
    return parts.size() == 1 ? plans.get(0) : Scripts.plan(parts, plans, hasParameters);
  }

  private CapturePlan plan(Context context) throws SQLException {
    SqlText text = context.text();
    Optional<CapturePlan> unseen = unseen(text);
    if (unseen.isPresent()) {
      return unseen.get();
    }
    Queries queries = new Queries(context);
    if (queries.startsQuery(0)) {
      return queries.plan();
    }
    return switch (text.word(0)) {
      case "INSERT", "UPDATE", "DELETE" ->
          returns()
              ? Returnings.plan(context)
              : text.word(0).equals("INSERT") ? Inserts.plan(context) : Modifications.plan(context);
      case "REPLACE" -> returns() ? Returnings.plan(context) : other(context);
      case "MERGE" ->
          facts.returning() == SqlFacts.Returning.AS_GENERATED_KEYS
              ? Merges.plan(context)
              : other(context);
      default -> other(context);
    };
  }

  private boolean returns() {
    return facts.returning() == SqlFacts.Returning.OF_ALL_TABLES
        || facts.returning() == SqlFacts.Returning.OF_THE_CHANGED_TABLE;
  }

  /** Parameters that have a number of their own, and calls of what writes. */
  private Optional<CapturePlan> unseen(SqlText text) {
    for (int i = 1; i < text.size(); i++) {
      boolean call = text.symbol(i + 1, "(") || text.symbol(i - 1, ".");
      boolean action = text.words(0, "MERGE") && text.words(i - 1, "THEN", "INSERT");
      boolean writes = facts.statements().writing().contains(text.word(i));
      if (call && writes && !action && !text.words(i, "INTO")) {
        return Context.refuse(
            "call of " + text.word(i),
            "it writes or draws where nothing sees it",
            "use NEXT VALUE FOR, or a statement of its own");
      }
      if (text.isNumbered(i)) {
        return Context.refuse(
            "parameter with a number", "its value would be another one's", "use ? alone");
      }
    }
    return Optional.empty();
  }

  private CapturePlan other(Context context) throws SQLException {
    SqlText text = context.text();
    int call = text.symbol(0, "{") ? 1 : 0;
    if (text.words(call, "CALL")) {
      return call(context, call + 1);
    }
    if (context.namesOwn()) {
      return new CapturePlan.Refuse(
          text.word(0), "it names what is Pollux's own", "leave that to Pollux");
    }
    return byFirstWords(context);
  }

  private CapturePlan byFirstWords(Context context) throws SQLException {
    SqlFacts.Statements statements = facts.statements();
    SqlText text = context.text();
    for (int words = LONGEST_KIND; words > 0; words--) {
      String kind = kind(text, words);
      Control.Step step = statements.controls().get(kind);
      Optional<CapturePlan> control =
          step == null ? Optional.empty() : Control.of(step, words, text, facts);
      if (control.isPresent()) {
        return control.get();
      }
      if (statements.refused().containsKey(kind)) {
        return statements.refused().get(kind);
      }
      if (statements.definitions().contains(kind)) {
        return Definitions.plan(context, kind);
      }
      if (statements.reading().contains(kind)) {
        return new CapturePlan.Pass();
      }
      if (statements.session().contains(kind)) {
        return new CapturePlan.Session();
      }
    }
    return Context.unread(text.word(0).isEmpty() ? "statement" : text.word(0));
  }

  private static String kind(SqlText text, int words) {
    StringBuilder kind = new StringBuilder(text.word(0));
    for (int i = 1; i < words; i++) {
      kind.append(' ').append(text.is(i, Token.Kind.SYMBOL) ? text.text(i) : text.word(i));
    }
    return kind.toString();
  }

  private CapturePlan call(Context context, int at) throws SQLException {
    String procedure = context.name(at).map(Context.Name::table).map(Object::toString).orElse("");
    if (facts.statements().maintenance().contains(procedure)) {
      return new CapturePlan.Session();
    }
    SqlText text = context.text();
    if (text.words(at, "NEXT", "VALUE", "FOR")
        && context.name(at + 3).filter(name -> name.next() == text.size()).isPresent()) {
      return new Queries(context).plan();
    }
    boolean bare = text.symbol(at + 1, "(") && at + 3 == text.size();
    if (bare && facts.statements().reading().contains("CALL " + text.word(at))) {
      return new CapturePlan.Pass();
    }
    return new CapturePlan.Refuse(
        "CALL " + procedure,
        "what a procedure changes can't be seen from outside",
        "run its statements one by one over this connection");
  }
}
