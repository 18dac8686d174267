package io.pollux.house;

import com.sun.source.tree.CatchTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.UnionTypeTree;
import com.sun.source.util.TreePathScanner;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import javax.lang.model.element.Modifier;

/** Sizes of methods and types, catches, and Javadoc of public types in one source. */
final class TreeRules extends TreePathScanner<Void, Void> {
  static final int METHOD_LINES = 60;
  static final int TYPE_LINES = 500;
  static final int PARAMETERS = 6;

  private static final Set<String> BROAD =
      Set.of("Exception", "RuntimeException", "Throwable", "Error");

  private final Source source;
  private final Deque<String> names = new ArrayDeque<>();
  private final List<Finding> findings = new ArrayList<>();

  private TreeRules(Source source) {
    this.source = source;
  }

  static List<Finding> check(Source source) {
    TreeRules rules = new TreeRules(source);
    rules.scan(source.unit(), null);
    return rules.findings;
  }

  @Override
  public Void visitClass(ClassTree type, Void unused) {
    boolean topLevel = names.isEmpty();
    names.addLast((topLevel ? "" : ".") + type.getSimpleName());
    int lines = source.lines(type);
    if (lines > TYPE_LINES) {
      add("type length", lines + " lines, at most " + TYPE_LINES + ": find the two nouns in it");
    }
    if (topLevel
        && isPublicApi(type)
        && source.trees().getDocCommentTree(getCurrentPath()) == null) {
      add("javadoc", "a public type says what it promises");
    }
    super.visitClass(type, null);
    names.removeLast();
    return null;
  }

  @Override
  public Void visitMethod(MethodTree method, Void unused) {
    names.addLast("#" + method.getName());
    int lines = source.lines(method);
    if (lines > METHOD_LINES) {
      add("method length", lines + " lines, at most " + METHOD_LINES + ": split it by its steps");
    }
    if (method.getParameters().size() > PARAMETERS && !isOfRecord(method)) {
      add(
          "parameters",
          method.getParameters().size() + " parameters, at most " + PARAMETERS + ": make a record");
    }
    super.visitMethod(method, null);
    names.removeLast();
    return null;
  }

  @Override
  public Void visitCatch(CatchTree caught, Void unused) {
    if (caught.getBlock().getStatements().isEmpty()) {
      add("empty catch", at(caught) + "handle it, or end the method there with the reason");
    }
    for (Tree type : caughtTypes(caught)) {
      if (!source.isTest() && BROAD.contains(type.toString())) {
        add(
            "broad catch",
            at(caught) + "catch what can be handled; only thread tops and callbacks catch " + type);
      }
    }
    return super.visitCatch(caught, null);
  }

  /** A record is what too many parameters become. */
  private boolean isOfRecord(MethodTree method) {
    return method.getReturnType() == null
        && getCurrentPath().getParentPath().getLeaf().getKind() == Tree.Kind.RECORD;
  }

  private static List<? extends Tree> caughtTypes(CatchTree caught) {
    Tree type = caught.getParameter().getType();
    return type instanceof UnionTypeTree union
        ? union.getTypeAlternatives()
        : Collections.singletonList(type);
  }

  private boolean isPublicApi(ClassTree type) {
    return !source.isTest() && type.getModifiers().getFlags().contains(Modifier.PUBLIC);
  }

  private String at(Tree tree) {
    return "line " + source.firstLine(tree) + ": ";
  }

  private void add(String rule, String message) {
    String place = source.packageName() + "." + String.join("", names);
    findings.add(new Finding(rule, place, message));
  }
}
