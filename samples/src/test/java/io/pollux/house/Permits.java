package io.pollux.house;

import java.util.List;

/** Every exception to a rule of this package, by name, with its reason. */
final class Permits {
  /**
   * {@code place} is what the rule's message begins with: a class and method, a file, or a pair of
   * rooms.
   */
  record Permit(String rule, String place, String reason) {}

  static final List<Permit> ALL =
      List.of(
          new Permit(
              "broad catch",
              "io.pollux.driver.Guard#run",
              "no RuntimeException may reach an application through JDBC"),
          new Permit(
              "broad catch",
              "io.pollux.env.ThreadLoop#run",
              "the top of a thread: what a task throws stops the node"),
          new Permit(
              "broad catch",
              "io.pollux.apply.SecondReader#read",
              "a parser of others throws what it likes; that is its way of having no opinion"),
          new Permit(
              "broad catch",
              "io.pollux.runtime.Calls#run",
              "around the application's code: what it throws affects only itself"),
          new Permit(
              "broad catch",
              "io.pollux.proxy.HttpServer#handle",
              "whoever asks gets an answer, also where the node has a defect"),
          new Permit(
              "banned call",
              "replicator/src/main/java/io/pollux/env/Pause.java",
              "the door for waiting on another process, which tells nobody"),
          new Permit(
              "method length",
              "io.pollux.engine.DerbyClassifierTest#texts",
              "it is nothing but a table of the texts that are tried"));

  private Permits() {}

  static boolean has(String rule, String place) {
    return ALL.stream()
        .anyMatch(permit -> permit.rule().equals(rule) && permit.place().equals(place));
  }
}
