package io.pollux.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The floor plan holds: each rule on all modules, and each rule shown to fail when it is broken.
 */
class HouseTest {
  private static final String NODE = "package io.pollux.node; public class Node {}";
  private static JavaClasses house;

  @BeforeAll
  static void importAllModules() {
    ArchConfiguration.get().setResolveMissingDependenciesFromClassPath(false);
    List<Path> folders =
        FloorPlan.MODULES.stream()
            .map(module -> Project.here().root().resolve(module).resolve("target/classes"))
            .toList();
    folders.forEach(folder -> assertTrue(Files.isDirectory(folder), folder + " is not built"));
    house = new ClassFileImporter().importPaths(folders);
  }

  @Test
  void architectureMdHasTheSameTable() {
    assertEquals(FloorPlan.ROOMS, FloorPlan.table(Project.here().read("ARCHITECTURE.md")));
  }

  @Test
  void everySourceLiesInARoomOfItsModule() {
    assertEquals(List.of(), FloorPlan.misplaced(Project.here().files()));
  }

  @Test
  void everyRoomSaysItsPurpose() {
    Project project = Project.here();
    List<String> silent =
        project.files().stream()
            .filter(file -> file.contains("/src/main/java/") && file.endsWith(".java"))
            .map(file -> file.substring(0, file.lastIndexOf('/')) + "/package-info.java")
            .distinct()
            .filter(file -> !project.has(file))
            .toList();
    assertEquals(List.of(), silent);
  }

  static Stream<Arguments> rules() {
    return Stream.of(
        Arguments.of("levels", HouseRules.levels()),
        Arguments.of("no cycles", HouseRules.noCycles()),
        Arguments.of("samples", HouseRules.samples()),
        Arguments.of("quiet rooms", HouseRules.quietRooms()),
        Arguments.of("no serialization", HouseRules.noSerialization()),
        Arguments.of("System.Logger", HouseRules.systemLogger()),
        Arguments.of("package names", HouseRules.packageNames()),
        Arguments.of("class names", HouseRules.classNames()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("rules")
  void theHouseKeeps(String name, ArchRule rule) {
    rule.check(house);
  }

  static Stream<Arguments> broken() {
    return Stream.of(
        Arguments.of(
            "a lower room uses a higher one",
            HouseRules.levels(),
            List.of(NODE, "package io.pollux.core; class Low { io.pollux.node.Node up; }")),
        Arguments.of(
            "a room uses one of its own level",
            HouseRules.levels(),
            List.of(
                "package io.pollux.sql; public class Table {}",
                "package io.pollux.env; class Wide { io.pollux.sql.Table[] aside() { return null; } }")),
        Arguments.of(
            "an unknown room",
            HouseRules.levels(),
            List.of(NODE, "package io.pollux.attic; class Box { io.pollux.node.Node node; }")),
        Arguments.of(
            "two packages use each other",
            HouseRules.noCycles(),
            List.of(
                "package io.pollux.codec; public class A { io.pollux.codec.wire.B b; }",
                "package io.pollux.codec.wire; public class B { io.pollux.codec.A a; }")),
        Arguments.of(
            "a sample reaches into the node",
            HouseRules.samples(),
            List.of(NODE, "package io.pollux.samples; class Peek { io.pollux.node.Node node; }")),
        Arguments.of(
            "the core starts a thread",
            HouseRules.quietRooms(),
            List.of("package io.pollux.pair; class Busy { void go() { new Thread(); } }")),
        Arguments.of(
            "a class is read by Java serialization",
            HouseRules.noSerialization(),
            List.of("package io.pollux.link; class Bad { java.io.ObjectInputStream in; }")),
        Arguments.of(
            "the driver logs to java.util.logging",
            HouseRules.systemLogger(),
            List.of("package io.pollux.driver; class Loud { java.util.logging.Logger log; }")),
        Arguments.of(
            "a package called impl",
            HouseRules.packageNames(),
            List.of("package io.pollux.log.impl; class Thing {}")),
        Arguments.of(
            "a class called manager",
            HouseRules.classNames(),
            List.of("package io.pollux.log; class LogManager {}")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("broken")
  void aBrokenRuleFails(String what, ArchRule rule, List<String> sources, @TempDir Path folder) {
    JavaClasses classes = new Example(folder).compile(sources.toArray(String[]::new));
    assertThrows(AssertionError.class, () -> rule.check(classes), what);
  }

  @Test
  void aMisplacedSourceIsFound() {
    List<String> files =
        List.of(
            "driver/src/main/java/io/pollux/core/Stray.java",
            "replicator/src/main/java/io/pollux/attic/Box.java",
            "replicator/src/main/java/io/pollux/core/Stamp.java");
    assertEquals(2, FloorPlan.misplaced(files).size());
  }

  @Test
  void aChangedTableIsFound() {
    String plan = "| 0 | tls | `tls` | who we are |\n| 2 | replicator | `core` | values |\n";
    assertFalse(FloorPlan.ROOMS.containsAll(FloorPlan.table(plan)));
    assertEquals(2, FloorPlan.table(plan).size());
  }
}
