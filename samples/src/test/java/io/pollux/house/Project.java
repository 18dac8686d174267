package io.pollux.house;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The files of the repository, without what a build or an editor leaves behind. */
record Project(Path root) {
  private static final Set<String> NOT_OURS = Set.of("target", ".git", ".idea", ".vscode");

  static final Set<String> TEXTS =
      Set.of("java", "md", "xml", "proto", "properties", "sql", "txt", "html", "js", "css", "yaml");

  /** The checkout that this build runs in. */
  static Project here() {
    return new Project(Path.of(System.getProperty("pollux.root")).toAbsolutePath().normalize());
  }

  /** Every file as a path below the root with forward slashes, sorted. */
  List<String> files() {
    List<String> found = new ArrayList<>();
    try {
      Files.walkFileTree(
          root,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
              return NOT_OURS.contains(folder.getFileName().toString())
                  ? FileVisitResult.SKIP_SUBTREE
                  : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              found.add(root.relativize(file).toString().replace('\\', '/'));
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    found.remove(".git");
    found.sort(null);
    return found;
  }

  /** Files with prose, code or configuration in them, the launcher and scripts included. */
  List<String> texts() {
    return files().stream().filter(Project::isText).toList();
  }

  List<Source> sources() {
    return files().stream()
        .filter(file -> file.endsWith(".java"))
        .map(file -> Source.parse(file, read(file)))
        .toList();
  }

  String read(String file) {
    try {
      return Files.readString(root.resolve(file));
    } catch (IOException e) {
      throw new UncheckedIOException(file, e);
    }
  }

  boolean has(String file) {
    return Files.exists(root.resolve(file));
  }

  private static boolean isText(String file) {
    String name = file.substring(file.lastIndexOf('/') + 1);
    int dot = name.lastIndexOf('.');
    return dot < 0 || TEXTS.contains(name.substring(dot + 1));
  }
}
