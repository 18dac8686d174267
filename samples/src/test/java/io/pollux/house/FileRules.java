package io.pollux.house;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** No page that nobody links to, no link that leads nowhere, no resource that nobody names. */
final class FileRules {
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#\\s]+)(?:#[^)]*)?\\)");
  private static final Pattern ELSEWHERE = Pattern.compile("[a-z]+:.*");

  private FileRules() {}

  static List<Finding> check(Project project) {
    List<Finding> findings = new ArrayList<>();
    List<String> linked = new ArrayList<>();
    for (String page : project.files()) {
      if (page.endsWith(".md")) {
        for (String target : links(project, page)) {
          linked.add(target);
          if (!project.has(target)) {
            findings.add(new Finding("dead link", page, target + " is not there"));
          }
        }
      }
    }
    for (String file : project.files()) {
      if (file.startsWith("docs/") && !file.equals("docs/README.md") && !linked.contains(file)) {
        findings.add(new Finding("unreferenced file", file, "link to it from docs/README.md"));
      }
    }
    findings.addAll(unnamedResources(project));
    return findings;
  }

  /** Targets of a page's links inside the repository, as paths below its root. */
  private static List<String> links(Project project, String page) {
    return LINK.matcher(project.read(page).replaceAll("(?s)```.*?```|`[^`\\n]*`", ""))
        .results()
        .map(link -> link.group(1))
        .filter(target -> !ELSEWHERE.matcher(target).matches())
        .map(
            target ->
                project
                    .root()
                    .relativize(project.root().resolve(page).resolveSibling(target).normalize())
                    .toString()
                    .replace('\\', '/'))
        .toList();
  }

  /** Resources are named by their file name, or by their folder when a program lists it. */
  private static List<Finding> unnamedResources(Project project) {
    List<String> files = project.files();
    String code =
        files.stream()
            .filter(file -> file.endsWith(".java") || file.endsWith("pom.xml"))
            .map(project::read)
            .collect(Collectors.joining("\n"));
    return files.stream()
        .filter(file -> file.matches(".*/src/(main|test)/resources/.*"))
        .filter(file -> !isFoundByConvention(file))
        .filter(file -> !code.contains(last(file)) && !code.contains(last(parent(file)) + "/"))
        .map(file -> new Finding("unreferenced file", file, "no code names it or its folder"))
        .toList();
  }

  /** Logback looks for its file, the ServiceLoader and jqwik for theirs. */
  private static boolean isFoundByConvention(String file) {
    return last(file).matches("logback(-test)?\\.xml|junit-platform\\.properties")
        || file.contains("/META-INF/");
  }

  private static String parent(String file) {
    return file.substring(0, file.lastIndexOf('/'));
  }

  private static String last(String file) {
    return file.substring(file.lastIndexOf('/') + 1);
  }
}
