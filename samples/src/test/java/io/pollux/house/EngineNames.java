package io.pollux.house;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.TreePathScanner;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** No engine is named in code outside {@code io.pollux.engine}: differences live in a dialect. */
final class EngineNames extends TreePathScanner<Void, Void> {
  private static final Set<String> ENGINES =
      Set.of(
          "derby",
          "h2",
          "hsqldb",
          "hsql",
          "sqlite",
          "postgres",
          "postgresql",
          "pgsql",
          "mariadb",
          "mysql",
          "oracle");
  private static final Pattern WORD_END =
      Pattern.compile("(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z0-9])(?=[A-Z][a-z])|[^A-Za-z0-9]+");

  private final Source source;
  private final List<Finding> findings = new ArrayList<>();

  private EngineNames(Source source) {
    this.source = source;
  }

  static List<Finding> check(Source source) {
    if (!source.isProduct() || source.room().equals("engine")) {
      return List.of();
    }
    EngineNames names = new EngineNames(source);
    names.scan(source.unit(), null);
    return names.findings;
  }

  @Override
  public Void visitLiteral(LiteralTree literal, Void unused) {
    if (literal.getValue() instanceof String text) {
      look(text, literal);
    }
    return super.visitLiteral(literal, null);
  }

  @Override
  public Void visitIdentifier(IdentifierTree identifier, Void unused) {
    look(identifier.getName().toString(), identifier);
    return super.visitIdentifier(identifier, null);
  }

  @Override
  public Void visitMemberSelect(MemberSelectTree member, Void unused) {
    look(member.getIdentifier().toString(), member);
    return super.visitMemberSelect(member, null);
  }

  @Override
  public Void visitVariable(VariableTree variable, Void unused) {
    look(variable.getName().toString(), variable);
    return super.visitVariable(variable, null);
  }

  @Override
  public Void visitMethod(MethodTree method, Void unused) {
    look(method.getName().toString(), method);
    return super.visitMethod(method, null);
  }

  @Override
  public Void visitClass(ClassTree type, Void unused) {
    look(type.getSimpleName().toString(), type);
    return super.visitClass(type, null);
  }

  private void look(String text, Tree tree) {
    for (String word : WORD_END.split(text, -1)) {
      if (ENGINES.contains(word.toLowerCase(Locale.ROOT))) {
        findings.add(
            new Finding(
                "engine name",
                source.path(),
                "line " + source.firstLine(tree) + ": " + word + ": ask the dialect instead"));
      }
    }
  }
}
