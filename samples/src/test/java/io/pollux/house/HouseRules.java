package io.pollux.house;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.Set;

/** What ARCHITECTURE.md says about compiled classes. */
final class HouseRules {
  /** What an application may compile against; everything else it reaches by its URL. */
  private static final Set<String> PUBLIC_API = Set.of("driver", "runtime", "core");

  private static final Set<String> PROGRAMS = Set.of("samples", "bench");

  private static final String[] QUIET = packages("core", "codec", "sql", "pair");
  private static final String[] GUESTS =
      packages(
          "tls", "core", "env", "codec", "sql", "pair", "engine", "log", "link", "apply", "commit",
          "copy", "runtime", "verify", "node", "driver");

  private HouseRules() {}

  static ArchRule levels() {
    return classes()
        .should(
            dependOnly(
                "on rooms of lower levels",
                (from, to) ->
                    PROGRAMS.contains(from)
                        || Permits.has("level", from + " -> " + to)
                        || level(from) > level(to)));
  }

  static ArchRule samples() {
    return classes()
        .that()
        .resideInAnyPackage(packages("samples", "bench"))
        .should(dependOnly("on the public API", (from, to) -> PUBLIC_API.contains(to)))
        .allowEmptyShould(true);
  }

  static ArchRule noCycles() {
    return slices().matching("io.pollux.(**)").should().beFreeOfCycles();
  }

  static ArchRule quietRooms() {
    return noClasses()
        .that()
        .resideInAnyPackage(QUIET)
        .should()
        .dependOnClassesThat(
            named(
                "threads, files or the network",
                "java\\.net\\..*|javax\\.net\\..*|java\\.nio\\.(file|channels)\\..*|java\\.lang\\.(Thread|Process).*"
                    + "|java\\.io\\.(File|RandomAccess).*|java\\.util\\.concurrent\\.(Executor|Thread|Fork|locks).*"))
        .allowEmptyShould(true);
  }

  static ArchRule noSerialization() {
    return noClasses()
        .should()
        .dependOnClassesThat(
            named(
                "Java serialization",
                "java\\.io\\.Object(In|Out)putStream.*|java\\.beans\\.XML.*"));
  }

  static ArchRule systemLogger() {
    return noClasses()
        .that()
        .resideInAnyPackage(GUESTS)
        .and()
        .doNotHaveFullyQualifiedName("io.pollux.tls.Crypto") // Silences Bouncy Castle's own logger.
        .and(
            nameDoesNotMatch(
                "io\\.pollux\\.driver\\.(PolluxDriver|PolluxDataSource|CaptureDriver)"))
        .should()
        .dependOnClassesThat(
            named(
                "a logging library: use System.Logger",
                "(java\\.util\\.logging|org\\.slf4j|org\\.apache\\.(log4j|commons\\.logging)|ch\\.qos)\\..*"))
        .allowEmptyShould(true);
  }

  /** {@code getParentLogger} of JDBC returns a java.util.logging.Logger. */
  private static DescribedPredicate<JavaClass> nameDoesNotMatch(String regex) {
    return DescribedPredicate.describe(
        "are not named " + regex, type -> !type.getName().matches(regex));
  }

  static ArchRule packageNames() {
    return noClasses().should().resideInAnyPackage("..internal..", "..impl..", "..util..");
  }

  static ArchRule classNames() {
    return noClasses()
        .that()
        .resideOutsideOfPackage("io.pollux.codec.wire..")
        .should()
        .haveNameMatching(".*(Utils?|Helpers?|Manager|Impl|Base)");
  }

  private static int level(String room) {
    return FloorPlan.room(room)
        .orElseThrow(() -> new AssertionError(room + " is no room of the plan"))
        .level();
  }

  private static String[] packages(String... rooms) {
    String[] packages = new String[rooms.length];
    for (int i = 0; i < rooms.length; i++) {
      packages[i] = "io.pollux." + rooms[i] + "..";
    }
    return packages;
  }

  private static DescribedPredicate<JavaClass> named(String what, String regex) {
    return DescribedPredicate.describe(what, type -> type.getName().matches(regex));
  }

  /** Whether a room may use another one. */
  private interface Allowed {
    boolean uses(String from, String to);
  }

  private static ArchCondition<JavaClass> dependOnly(String what, Allowed allowed) {
    return new ArchCondition<>("depend only " + what) {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        String from = FloorPlan.roomOf(type.getPackageName());
        for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
          JavaClass target = dependency.getTargetClass().getBaseComponentType();
          String to = FloorPlan.roomOf(target.getPackageName());
          if (!to.isEmpty() && !to.equals(from) && !allowed.uses(from, to)) {
            events.add(SimpleConditionEvent.violated(dependency, dependency.getDescription()));
          }
        }
      }
    };
  }
}
