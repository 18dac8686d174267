package io.pollux.proxy;

import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine;

/** Commands of the sample programs, which know this module only by its command line. */
final class Extras {
  private static final Map<String, String> CLASSES = new LinkedHashMap<>();

  static {
    CLASSES.put("demo", "io.pollux.samples.demo.Demo");
    CLASSES.put("bench", "io.pollux.bench.Bench");
  }

  private Extras() {}

  /** Adds those that are on the class path. */
  static void addTo(CommandLine command) {
    CLASSES.forEach(
        (name, type) -> {
          try {
            Class<?> extra = Class.forName(type);
            command.addSubcommand(name, extra.getDeclaredConstructor().newInstance());
          } catch (ClassNotFoundException e) {
            System.getLogger(Extras.class.getName())
                .log(System.Logger.Level.DEBUG, "{0} is not installed", name);
          } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(type + " has no public constructor", e);
          }
        });
  }
}
