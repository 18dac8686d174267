package io.pollux.sim;

import io.pollux.sim.SimDatabase.Session;
import io.pollux.sql.SystemTables;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The statements that a simulated database understands: those of Pollux's own tables, and one of
 * the application, which appends a number to a list.
 */
final class SimSql {
  static final String APPEND = "UPDATE T SET V = V || ? WHERE K = ?";

  private static final SystemTables TABLES = SimJdbc.TABLES;
  static final String MADE = "pollux";
  static final String NODE = "node";
  static final String APPLIED = "applied";

  /** A row of POLLUX_SLOT. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record SlotImage(
      String node, int id, long epoch, long boot, long counter, Optional<byte[]> payload) {}

  private SimSql() {}

  static String slotKey(String node, int id) {
    return String.format(Locale.ROOT, "slot/%s/%04d", node, id);
  }

  static String listKey(long key) {
    return "t/" + key;
  }

  static int update(Session session, String sql, Object[] values) throws SQLException {
    if (sql.equals(APPEND)) {
      return append(session, number(values[1]), number(values[2]));
    } else if (sql.equals(TABLES.writeSlot())) {
      return writeSlot(session, values);
    } else if (sql.equals(TABLES.writeApplied()) || sql.equals(TABLES.insertApplied())) {
      session.write(APPLIED, Optional.of(number(values[1])));
      return 1;
    } else if (sql.equals(TABLES.lockApplied())) {
      session.lock(APPLIED);
      return 1;
    } else if (sql.equals(TABLES.lockSlot())) {
      String key = slotKey((String) values[1], (int) number(values[2]));
      session.lock(key);
      return session.read(key).isPresent() ? 1 : 0;
    } else if (sql.equals(TABLES.armSlots())) {
      return arm(session, number(values[1]), number(values[2]), (String) values[3]);
    } else if (sql.equals(TABLES.insertSlot())) {
      String node = (String) values[1];
      int id = (int) number(values[2]);
      SlotImage fresh =
          new SlotImage(node, id, number(values[3]), number(values[4]), 0, Optional.empty());
      String key = slotKey(node, id);
      if (session.read(key).isPresent()) {
        throw new SQLException("duplicate key " + key, "23505");
      }
      session.write(key, Optional.of(fresh));
      return 1;
    } else if (sql.equals(TABLES.writeNode()) || sql.equals(TABLES.insertNode())) {
      session.write(
          NODE, Optional.of(List.of(values[1], values[2], values[3], values[4], values[5])));
      return 1;
    } else if (sql.equals(SimJdbc.CREATE)) {
      session.write(MADE, Optional.of(true));
      return 0;
    }
    throw new SQLException("the simulated database does not know: " + sql, "42000");
  }

  private static int append(Session session, long value, long key) throws SQLException {
    session.lock(listKey(key));
    List<Long> list = new ArrayList<>(list(session.read(listKey(key))));
    list.add(value);
    session.write(listKey(key), Optional.of(List.copyOf(list)));
    return 1;
  }

  @SuppressWarnings("unchecked") // Rows of T are lists of numbers.
  static List<Long> list(Optional<Object> row) {
    return row.map(r -> (List<Long>) r).orElse(List.of());
  }

  private static int writeSlot(Session session, Object[] values) throws SQLException {
    String key = slotKey((String) values[3], (int) number(values[4]));
    session.lock(key);
    Optional<SlotImage> before = session.read(key).map(SlotImage.class::cast);
    boolean armed =
        before
            .filter(row -> row.epoch() == number(values[5]) && row.boot() == number(values[6]))
            .isPresent();
    if (!armed) {
      return 0;
    }
    SlotImage row = before.orElseThrow();
    session.write(
        key,
        Optional.of(
            new SlotImage(
                row.node(),
                row.id(),
                row.epoch(),
                row.boot(),
                number(values[1]),
                Optional.ofNullable((byte[]) values[2]))));
    return 1;
  }

  private static int arm(Session session, long epoch, long boot, String node) throws SQLException {
    int rows = 0;
    for (String key : session.scan("slot/" + node + "/").keySet()) {
      session.lock(key);
      SlotImage row = (SlotImage) session.read(key).orElseThrow();
      session.write(
          key, Optional.of(new SlotImage(row.node(), row.id(), epoch, boot, 0, Optional.empty())));
      rows++;
    }
    return rows;
  }

  static List<Object[]> query(Session session, String sql, Object[] values) throws SQLException {
    List<Object[]> rows = new ArrayList<>();
    if (sql.equals(TABLES.readNode())) {
      session.read(NODE).ifPresent(row -> rows.add(((List<?>) row).toArray()));
    } else if (sql.equals(TABLES.readApplied())) {
      session.read(APPLIED).ifPresent(row -> rows.add(new Object[] {row, new byte[0]}));
    } else if (sql.equals(TABLES.readSlots())) {
      for (Map.Entry<String, Object> row : session.scan("slot/").entrySet()) {
        SlotImage slot = (SlotImage) row.getValue();
        rows.add(
            new Object[] {
              slot.node(),
              slot.id(),
              slot.epoch(),
              slot.boot(),
              slot.counter(),
              slot.payload().orElse(null)
            });
      }
    } else if (sql.equals(TABLES.readSlot())) {
      session
          .read(slotKey((String) values[1], (int) number(values[2])))
          .map(SlotImage.class::cast)
          .ifPresent(
              slot ->
                  rows.add(
                      new Object[] {
                        slot.epoch(), slot.boot(), slot.counter(), slot.payload().orElse(null)
                      }));
    } else if (!sql.equals(TABLES.readGenerators())) {
      throw new SQLException("the simulated database does not know: " + sql, "42000");
    }
    return rows;
  }

  private static long number(Object value) {
    return ((Number) value).longValue();
  }
}
