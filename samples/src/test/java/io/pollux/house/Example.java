package io.pollux.house;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;

/** Small bad programs, compiled on the spot, that prove that a rule can fail. */
record Example(Path folder) {
  private static final Pattern TYPE =
      Pattern.compile("package ([\\w.]+);.*?(?:class|interface|record) (\\w+)", Pattern.DOTALL);

  /** Compiles one top-level type from each text and imports what came out. */
  JavaClasses compile(String... sources) {
    Path classes = folder.resolve("classes");
    List<String> arguments = new ArrayList<>(List.of("-proc:none", "-d", classes.toString()));
    try {
      for (String source : sources) {
        Matcher type = TYPE.matcher(source);
        if (!type.find()) {
          throw new IllegalArgumentException("no package and type in " + source);
        }
        Path file =
            folder.resolve(type.group(1).replace('.', '/')).resolve(type.group(2) + ".java");
        Files.createDirectories(file.getParent());
        Files.writeString(file, source);
        arguments.add(file.toString());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    int exit =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, arguments.toArray(String[]::new));
    if (exit != 0) {
      throw new IllegalArgumentException("the example does not compile: " + List.of(sources));
    }
    return new ClassFileImporter().importPath(classes);
  }
}
