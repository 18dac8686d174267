package io.pollux.driver;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The savepoints of an open transaction in their order, those of JDBC calls and those of texts. The
 * engine knows which of them are still there and is asked first; this knows what was captured
 * before each. Guarded by the connection's lock.
 */
final class Savepoints {
  private final List<Point> points = new ArrayList<>();

  /** A savepoint; two of the same name are not the same. */
  static final class Point {
    private final String name;
    private final int mark;

    private Point(String name, int mark) {
      this.name = name;
      this.mark = mark;
    }

    /** What {@link TransactionCapture#mark} was. */
    int mark() {
      return mark;
    }
  }

  /** A new one; the name is empty if no text can name it. */
  Point set(String name, int mark) {
    Point point = new Point(name, mark);
    points.add(point);
    return point;
  }

  /** The one that a text means. */
  Optional<Point> last(String name) {
    return points.stream().filter(point -> point.name.equals(name)).reduce((one, next) -> next);
  }

  /** The transaction went back to it: those after it are gone. */
  void backTo(Point point) {
    points.subList(points.indexOf(point) + 1, points.size()).clear();
  }

  /** It is gone, and with it those after it. */
  void release(Point point) {
    backTo(point);
    points.remove(point);
  }

  void clear() {
    points.clear();
  }
}
