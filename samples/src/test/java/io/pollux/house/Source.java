package io.pollux.house;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.List;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** One parsed source file. {@code path} is below the repository's root. */
record Source(String path, String text, CompilationUnitTree unit, DocTrees trees) {

  static Source parse(String path, String text) {
    JavaFileObject file =
        new SimpleJavaFileObject(URI.create("string:///" + path), JavaFileObject.Kind.SOURCE) {
          @Override
          public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
          }
        };
    JavacTask task =
        (JavacTask)
            ToolProvider.getSystemJavaCompiler()
                .getTask(null, null, null, List.of("-proc:none"), null, List.of(file));
    try {
      CompilationUnitTree unit = task.parse().iterator().next();
      return new Source(path, text, unit, DocTrees.instance(task));
    } catch (IOException e) {
      throw new UncheckedIOException(path, e);
    }
  }

  boolean isTest() {
    return path.contains("/src/test/");
  }

  /** An ordinary program that uses Pollux, not a part of it. */
  boolean isSample() {
    return path.startsWith("samples/");
  }

  /** Part of what a user's process runs: no test, no sample, no generator of the build. */
  boolean isProduct() {
    return !isTest() && !isSample() && !path.contains("/src/build/");
  }

  /** The room of {@link FloorPlan}, or empty. */
  String room() {
    return FloorPlan.roomOf(packageName());
  }

  String packageName() {
    return unit.getPackageName() == null ? "" : unit.getPackageName().toString();
  }

  int firstLine(Tree tree) {
    return line(positions().getStartPosition(unit, tree));
  }

  int lines(Tree tree) {
    return line(positions().getEndPosition(unit, tree)) - firstLine(tree) + 1;
  }

  int line(long offset) {
    return (int) unit.getLineMap().getLineNumber(offset);
  }

  /** The text with comments, strings and characters blanked out, line for line. */
  String code() {
    return Blanked.of(text);
  }

  private SourcePositions positions() {
    return trees.getSourcePositions();
  }
}
