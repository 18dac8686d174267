package io.pollux.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** All sources are tidy, and each rule is shown to fail on a bad one. */
class TidyTest {
  private static final String MAIN = "replicator/src/main/java/io/pollux/log/Example.java";
  private static Project project;
  private static List<Source> sources;
  private static List<Finding> findings;

  @BeforeAll
  static void readEverything() {
    project = Project.here();
    sources = project.sources();
    findings = new ArrayList<>();
    for (Source source : sources) {
      findings.addAll(TreeRules.check(source));
      findings.addAll(EngineNames.check(source));
      findings.addAll(BannedCalls.check(source));
      findings.addAll(LockRules.check(source, project.read("docs/locks.md")));
    }
    project.texts().forEach(file -> findings.addAll(TextRules.check(file, project.read(file))));
    findings.addAll(FileRules.check(project));
  }

  @Test
  void theRepositoryIsTidy() {
    assertEquals(List.of(), Finding.withoutPermitted(findings));
  }

  @Test
  void theSourcesOfAllModulesWereRead() {
    for (String module : FloorPlan.MODULES) {
      assertTrue(
          sources.stream().anyMatch(source -> source.path().startsWith(module + "/src/main/")),
          "nothing was read of " + module);
    }
  }

  @Test
  void everyPermitHasAReasonAndIsStillNeeded() {
    for (Permits.Permit permit : Permits.ALL) {
      assertTrue(permit.reason().length() > 20, "no reason: " + permit);
      assertTrue(
          permit.rule().equals("level")
              || findings.stream()
                  .anyMatch(
                      f -> f.rule().equals(permit.rule()) && f.place().equals(permit.place())),
          "nothing needs it any more: " + permit);
    }
  }

  @Test
  void aLongMethodIsFound() {
    String body = "i++;\n".repeat(TreeRules.METHOD_LINES - 1);
    assertEquals(List.of(), rules("class A {\nvoid m(int i) {\n" + body.substring(5) + "}\n}"));
    assertEquals(List.of("method length"), rules("class A {\nvoid m(int i) {\n" + body + "}\n}"));
  }

  @Test
  void aLongTypeIsFound() {
    assertEquals(
        List.of("type length"),
        rules("class A {\n" + "int i;\n".repeat(TreeRules.TYPE_LINES) + "}"));
  }

  @Test
  void tooManyParametersAreFound() {
    assertEquals(
        List.of("parameters"),
        rules("class A { void m(int a, int b, int c, int d, int e, int f, int g) {} }"));
    assertEquals(
        List.of(), rules("record A(int a, int b, int c, int d, int e, int f, int g) { A {} }"));
  }

  @Test
  void anEmptyCatchIsFound() {
    assertEquals(
        List.of("empty catch"),
        rules("class A { void m() { try { m(); } catch (IOException e) { /* why */ } } }"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Exception", "Throwable", "IOException | RuntimeException", "Error"})
  void aBroadCatchIsFound(String caught) {
    assertEquals(
        List.of("broad catch"),
        rules("class A { void m() { try { m(); } catch (" + caught + " e) { m(); } } }"));
  }

  @Test
  void aFindingNamesTheMethodOfANestedType() {
    Finding finding =
        TreeRules.check(
                source(MAIN, "class A { class B { void m() { try { m(); } catch (X e) {} } } }"))
            .get(0);
    assertEquals("io.pollux.log.A.B#m", finding.place());
  }

  @Test
  void aPublicTypeWithoutJavadocIsFound() {
    assertEquals(List.of("javadoc"), rules("public class A {}"));
    assertEquals(List.of(), rules("/** Says it. */ public class A {}"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "long t = System.nanoTime();",
        "LongSupplier t = System::nanoTime;",
        "long t = System.currentTimeMillis();",
        "Object t = Instant.now();",
        "Object t = LocalDateTime.now();",
        "Object t = new Date();",
        "Object t = Clock.systemUTC();",
        "void m() throws Exception { Thread.sleep(1); }",
        "void m() throws Exception { TimeUnit.SECONDS.sleep(1); }",
        "Object r = new Random();",
        "Object r = new Random(42);",
        "Object r = ThreadLocalRandom.current();",
        "Object r = UUID.randomUUID();",
        "double r = Math.random();",
        "void m() { System.out.println(); }",
        "void m(Exception e) { e.printStackTrace(); }",
        "byte[] b = text.getBytes();",
        "Object r = new InputStreamReader(socket.getInputStream());",
        "Object r = new FileReader(file);",
        "Object c = Charset.defaultCharset();",
        "Object x = new UnsupportedOperationException();"
      })
  void aBannedCallIsFound(String member) {
    List<Finding> found = BannedCalls.check(source(MAIN, "class A { " + member + " }"));
    assertEquals(1, found.size(), member);
    assertTrue(found.get(0).message().contains("use "), "the replacement is named");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "// System.nanoTime() is in the adapter",
        "/* Thread.sleep(1) */",
        "String s = \"System.out \\\" Instant.now()\";",
        "byte[] b = text.getBytes(UTF_8);",
        "Object r = new InputStreamReader(in, UTF_8);",
        "Object t = clock.now();"
      })
  void whatOnlyLooksLikeABannedCallIsLeftAlone(String member) {
    assertEquals(List.of(), BannedCalls.check(source(MAIN, "class A {\n" + member + "\n}")));
  }

  @ParameterizedTest
  @CsvSource({
    "replicator/src/main/java/io/pollux/env/SystemClock.java, System.nanoTime(), 0",
    "replicator/src/main/java/io/pollux/env/Clock.java, System.nanoTime(), 1",
    "proxy/src/main/java/io/pollux/proxy/Main.java, System.out.println(), 0",
    "proxy/src/main/java/io/pollux/proxy/Main.java, System.nanoTime(), 1",
    "samples/src/main/java/io/pollux/samples/A.java, System.nanoTime(), 0",
    "samples/src/main/java/io/pollux/samples/A.java, Thread.sleep(1), 1",
    "driver/src/test/java/io/pollux/driver/ATest.java, System.nanoTime(), 0",
    "driver/src/test/java/io/pollux/driver/ATest.java, Thread.sleep(1), 1"
  })
  void aBanHoldsWhereItIsMeantTo(String path, String call, int expected) {
    assertEquals(
        expected, BannedCalls.check(source(path, "class A { void m() { " + call + "; } }")).size());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "boolean isDerby;",
        "class H2Quirks {}",
        "String url = \"jdbc:sqlite:a\";",
        "Object d = new org.postgresql.Driver();",
        "void openMariadb() {}",
        "String text = \"\"\"\n on HSQLDB only\n \"\"\";"
      })
  void anEngineNameIsFound(String member) {
    Source outside = source(MAIN, "class A { " + member + " }");
    assertEquals(1, EngineNames.check(outside).size(), member);
    Source inside = Source.parse(MAIN, "package io.pollux.engine; class A { " + member + " }");
    assertEquals(List.of(), EngineNames.check(inside));
  }

  @Test
  void aWordThatContainsAnEngineNameIsLeftAlone() {
    assertEquals(
        List.of(), EngineNames.check(source(MAIN, "class A { int hash2; int h2o; } // derby")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"new ReentrantLock()", "new ReentrantReadWriteLock()"})
  void aLockThatIsNotInTheOrderIsFound(String lock) {
    Source source = source(MAIN, "class A { Lock l = " + lock + "; }");
    assertEquals(1, LockRules.check(source, "| 1 | `B` |").size());
    assertEquals(List.of(), LockRules.check(source, "| 1 | `Example` |"));
  }

  @Test
  void aMonitorThatIsNotInTheOrderIsFound() {
    assertEquals(
        1, LockRules.check(source(MAIN, "class A { synchronized void m() {} }"), "").size());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "promise|// TO-DO later",
        "promise|FIX-ME",
        "machine path|see /ho-me/someone/x",
        "machine path|'cd /wo-rk/x'",
        "registry host|https://repo-1.maven.org/maven2"
      })
  void aTextThatMustNotBeThereIsFound(String rule, String text) {
    // The hyphen keeps this very file free of it.
    List<Finding> found = TextRules.check("a.md", text.replace("-", ""));
    assertEquals(List.of(rule), found.stream().map(Finding::rule).toList());
  }

  @Test
  void unreferencedFilesAndDeadLinksAreFound(@TempDir Path root) throws IOException {
    write(root, "README.md", "[a](docs/a.md#part) [b](docs/gone.md) [c](https://example.org)");
    write(root, "docs/a.md", "[up](../README.md) `[x](y)`");
    write(root, "docs/lonely.md", "");
    write(root, "m/src/main/java/A.java", "class A { String s = \"used.txt\"; }");
    write(root, "m/src/main/resources/used.txt", "");
    write(root, "m/src/main/resources/forgotten.txt", "");
    write(root, "m/src/main/resources/META-INF/services/x", "");
    assertEquals(
        List.of(
            "dead link README.md",
            "unreferenced file docs/lonely.md",
            "unreferenced file m/src/main/resources/forgotten.txt"),
        FileRules.check(new Project(root)).stream()
            .map(finding -> finding.rule() + " " + finding.place())
            .toList());
  }

  private static void write(Path root, String file, String text) throws IOException {
    Path path = root.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  /** A source whose package follows from its path. */
  private static Source source(String path, String type) {
    String room = Path.of(path).getParent().getFileName().toString();
    return Source.parse(path, "package io.pollux." + room + ";\n" + type);
  }

  private static List<String> rules(String type) {
    return TreeRules.check(source(MAIN, type)).stream().map(Finding::rule).toList();
  }
}
