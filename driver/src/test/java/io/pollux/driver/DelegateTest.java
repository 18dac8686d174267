package io.pollux.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The generated classes forward all of JDBC: a default method would not reach the real driver. */
class DelegateTest {
  private static final Map<Class<?>, Class<?>> DELEGATES =
      Map.ofEntries(
          Map.entry(java.sql.Connection.class, PolluxConnection.class),
          Map.entry(java.sql.Statement.class, PolluxStatement.class),
          Map.entry(java.sql.PreparedStatement.class, PolluxPreparedStatement.class),
          Map.entry(java.sql.CallableStatement.class, PolluxCallableStatement.class),
          Map.entry(java.sql.ResultSet.class, PolluxResultSet.class),
          Map.entry(java.sql.Savepoint.class, PolluxSavepoint.class),
          Map.entry(java.sql.Blob.class, BlobDelegate.class),
          Map.entry(java.sql.Clob.class, ClobDelegate.class),
          Map.entry(java.sql.NClob.class, NClobDelegate.class),
          Map.entry(java.sql.Array.class, ArrayDelegate.class),
          Map.entry(java.sql.SQLXML.class, SQLXMLDelegate.class),
          Map.entry(java.sql.Ref.class, RefDelegate.class),
          Map.entry(java.sql.RowId.class, RowIdDelegate.class),
          Map.entry(java.sql.Struct.class, StructDelegate.class),
          Map.entry(java.sql.DatabaseMetaData.class, DatabaseMetaDataDelegate.class),
          Map.entry(java.sql.ParameterMetaData.class, ParameterMetaDataDelegate.class),
          Map.entry(java.sql.ResultSetMetaData.class, ResultSetMetaDataDelegate.class));

  @Test
  void everyMethodOfEveryInterfaceIsForwardedOrOverridden() throws Exception {
    List<String> missing = new ArrayList<>();
    for (Map.Entry<Class<?>, Class<?>> entry : DELEGATES.entrySet()) {
      for (Method wanted : entry.getKey().getMethods()) {
        if (!Modifier.isStatic(wanted.getModifiers())) {
          Method found = entry.getValue().getMethod(wanted.getName(), wanted.getParameterTypes());
          if (found.getDeclaringClass().isInterface()) {
            missing.add(found.toString());
          }
        }
      }
    }
    assertEquals(List.of(), missing);
  }

  @Test
  void everyMethodThatTakesOrReturnsAnObjectOfTheDriverIsCovered() {
    List<String> unknown = new ArrayList<>();
    for (Class<?> type : DELEGATES.keySet()) {
      for (Method method : type.getMethods()) {
        List<Class<?>> crossing = new ArrayList<>(Arrays.asList(method.getParameterTypes()));
        crossing.add(method.getReturnType());
        crossing.stream()
            .filter(crosser -> crosser.isInterface() && crosser.getName().startsWith("java.sql."))
            .filter(crosser -> !DELEGATES.containsKey(crosser))
            .map(Class::getName)
            .forEach(unknown::add);
      }
    }
    unknown.removeAll(List.of("java.sql.SQLType", "java.sql.ShardingKey"));
    assertEquals(List.of(), unknown, "no delegate is generated for these");
  }

  @Test
  void aMethodThatIsNotForwardedWouldBeFound() throws Exception {
    abstract class Forgetful implements java.sql.Statement {}
    Method found = Forgetful.class.getMethod("executeLargeUpdate", String.class);
    assertTrue(found.getDeclaringClass().isInterface());
  }
}
