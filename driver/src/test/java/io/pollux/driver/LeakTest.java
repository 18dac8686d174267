package io.pollux.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Nothing that an application reaches from a connection is an object of the real driver. */
class LeakTest {
  private static final Set<String> NOT_CALLED =
      Set.of("close", "abort", "free", "wait", "notify", "notifyAll", "unwrap", "cancel");

  private final List<String> leaks = new ArrayList<>();
  private final Set<String> reached = new HashSet<>();
  private RecordingNode node;
  private Connection connection;

  @BeforeEach
  void openDatabase() throws Exception {
    node = new RecordingNode();
    node.prepare(
        "create table t (id int primary key, bl blob, cl clob, v int)",
        "insert into t values (1, cast(x'01' as blob), cast('a' as clob), 1)");
    connection = node.connect();
    connection.setAutoCommit(false);
  }

  /** Calls whatever gives an object, with plain arguments, and looks at what it gives. */
  private void walk(Object object, String path) throws ReflectiveOperationException {
    if (!isOfJdbc(object) || !reached.add(object.getClass().getName() + " " + shape(path))) {
      return;
    }
    if (object.getClass().getName().startsWith("org.apache.derby")) {
      leaks.add(path + ": " + object.getClass().getName());
      return;
    }
    for (Class<?> type : interfacesOf(object.getClass())) {
      for (Method method : type.getMethods()) {
        if (givesObject(method) && !NOT_CALLED.contains(method.getName())) {
          call(object, method, path);
        }
      }
    }
  }

  private static String shape(String path) {
    return path.substring(path.lastIndexOf('.') + 1);
  }

  private void call(Object object, Method method, String path) throws ReflectiveOperationException {
    try {
      Object[] arguments = Arrays.stream(method.getParameterTypes()).map(LeakTest::plain).toArray();
      Object given = method.invoke(object, arguments);
      if (given != null) {
        walk(given, path + "." + method.getName());
      }
    } catch (InvocationTargetException e) {
      // A call with these arguments may fail; what fails inside Pollux is an SQLException.
      boolean isOurs = e.getCause().getStackTrace()[0].getClassName().startsWith("io.pollux");
      assertTrue(
          e.getCause() instanceof SQLException || !isOurs,
          () -> path + "." + method + " let out " + e.getCause());
    }
  }

  private static boolean isOfJdbc(Object object) {
    return interfacesOf(object.getClass()).stream()
        .anyMatch(type -> type.getName().startsWith("java.sql."));
  }

  private static boolean givesObject(Method method) {
    Class<?> result = method.getReturnType();
    return method.getDeclaringClass().getName().startsWith("java.sql.")
        && (result == Object.class || result.getName().startsWith("java.sql."));
  }

  private static Set<Class<?>> interfacesOf(Class<?> type) {
    Set<Class<?>> all = new HashSet<>();
    for (Class<?> each = type; each != null; each = each.getSuperclass()) {
      for (Class<?> direct : each.getInterfaces()) {
        all.add(direct);
        all.addAll(interfacesOf(direct));
      }
    }
    return all;
  }

  private static Object plain(Class<?> type) {
    if (type == int.class) {
      return 2;
    }
    if (type == long.class) {
      return 1L;
    }
    if (type == boolean.class) {
      return false;
    }
    return type == String.class ? "values 1" : null;
  }

  @Test
  void nothingOfTheRealDriverIsReached() throws Exception {
    Statement statement = connection.createStatement();
    ResultSet rows = statement.executeQuery("select id, bl, cl from t");
    assertTrue(rows.next());
    PreparedStatement prepared = connection.prepareStatement("select cl, bl from t where id = ?");
    prepared.setInt(1, 1);
    ResultSet preparedRows = prepared.executeQuery();
    assertTrue(preparedRows.next());
    DatabaseMetaData metaData = connection.getMetaData();
    for (Object start : List.of(rows, preparedRows, statement, prepared, metaData, connection)) {
      reached.clear();
      walk(start, start.getClass().getSimpleName());
      assertTrue(reached.size() > 3, "hardly anything was reached from " + start);
    }
    assertEquals(List.of(), leaks);
  }

  @Test
  void aLeakWouldBeFound() throws Exception {
    walk(node.connectBare(), "bare");
    assertFalse(leaks.isEmpty());
  }

  @Test
  void parentsAreTheObjectsThatTheApplicationKnows() throws SQLException {
    Statement statement = connection.createStatement();
    ResultSet rows = statement.executeQuery("select id from t");
    assertSame(statement, rows.getStatement());
    assertSame(connection, statement.getConnection());
    assertSame(connection, connection.getMetaData().getConnection());
    ResultSet types = connection.getMetaData().getTableTypes();
    assertSame(connection, types.getStatement().getConnection());
  }

  @Test
  void unwrapAnswersWithItselfAndMarksAnythingElse() throws SQLException {
    assertSame(connection, connection.unwrap(Connection.class));
    assertTrue(connection.isWrapperFor(Connection.class));
    assertEquals(List.of(), node.unobserved);
    assertThrows(SQLException.class, () -> connection.unwrap(Statement.class));
    assertFalse(connection.isWrapperFor(Statement.class));
    assertEquals(List.of(), node.unobserved);
    Class<? extends Connection> real = node.connectBare().getClass();
    assertTrue(connection.isWrapperFor(real));
    assertNotSame(connection, connection.unwrap(real));
    assertEquals(List.of(real), node.unobserved);
  }
}
