package io.pollux.house;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which room there is, in which module, and at which level. ARCHITECTURE.md has the same table. */
final class FloorPlan {
  /** A package of Pollux: {@code io.pollux.NAME} and what is below it. */
  record Room(int level, String module, String name) {}

  static final List<Room> ROOMS =
      List.of(
          new Room(0, "tls", "tls"),
          new Room(0, "replicator", "core"),
          new Room(1, "replicator", "env"),
          new Room(1, "replicator", "codec"),
          new Room(1, "replicator", "sql"),
          new Room(1, "replicator", "pair"),
          new Room(2, "replicator", "engine"),
          new Room(2, "replicator", "log"),
          new Room(3, "replicator", "link"),
          new Room(3, "replicator", "apply"),
          new Room(4, "replicator", "commit"),
          new Room(4, "replicator", "copy"),
          new Room(4, "replicator", "runtime"),
          new Room(4, "replicator", "verify"),
          new Room(5, "replicator", "node"),
          new Room(6, "driver", "driver"),
          new Room(6, "proxy", "proxy"),
          new Room(7, "samples", "samples"),
          new Room(7, "samples/bench", "bench"));

  static final List<String> MODULES = ROOMS.stream().map(Room::module).distinct().toList();

  private static final Pattern PACKAGE = Pattern.compile("io\\.pollux\\.(\\w+)(\\..*)?");
  private static final Pattern ROW =
      Pattern.compile("(?m)^\\| (\\d) \\| ([\\w/]+) \\| `(\\w+)` \\|");
  private static final Pattern SOURCE =
      Pattern.compile("(.+)/src/(?:main|entry)/java/io/pollux/(?:(\\w+)/)?.*\\.java");

  private FloorPlan() {}

  static Optional<Room> room(String name) {
    return ROOMS.stream().filter(room -> room.name().equals(name)).findFirst();
  }

  /** The name of the room that a package belongs to; empty for everything that is not Pollux. */
  static String roomOf(String packageName) {
    Matcher matcher = PACKAGE.matcher(packageName);
    return matcher.matches() ? matcher.group(1) : "";
  }

  /** The rows of the table in ARCHITECTURE.md. */
  static List<Room> table(String markdown) {
    return ROW.matcher(markdown).results().map(FloorPlan::row).toList();
  }

  private static Room row(MatchResult found) {
    return new Room(Integer.parseInt(found.group(1)), found.group(2), found.group(3));
  }

  /** Source folders that are no room of their module. */
  static List<String> misplaced(List<String> files) {
    TreeSet<String> found = new TreeSet<>();
    for (String file : files) {
      Matcher matcher = SOURCE.matcher(file);
      if (matcher.matches() && !isRoomOf(matcher.group(1), matcher.group(2))) {
        found.add(
            matcher.group(2)
                + " is no room of module "
                + matcher.group(1)
                + ": move "
                + file
                + " or change the plan (ARCHITECTURE.md and FloorPlan)");
      }
    }
    return new ArrayList<>(found);
  }

  private static boolean isRoomOf(String module, String name) {
    return room(name).filter(room -> room.module().equals(module)).isPresent();
  }
}
