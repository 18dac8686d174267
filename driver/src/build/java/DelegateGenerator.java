import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Writes a delegating class for each JDBC interface that an application reaches from a connection:
 * results are wrapped, arguments unwrapped, all else is forwarded. The argument is the directory to
 * write to.
 */
final class DelegateGenerator {
  private static final String PACKAGE = "io.pollux.driver";

  /** A class that forwards to one interface; {@code parent} is what it extends. */
  private record Shape(Class<?> type, String parent, Class<?> inherited, boolean isOpen) {
    String name() {
      return type.getSimpleName() + "Delegate";
    }
  }

  private static final List<Shape> SHAPES =
      List.of(
          new Shape(java.sql.Connection.class, "Delegate", null, true),
          new Shape(java.sql.Statement.class, "Delegate", null, true),
          new Shape(
              java.sql.PreparedStatement.class,
              "PolluxStatement",
              java.sql.Statement.class,
              true),
          new Shape(
              java.sql.CallableStatement.class,
              "PolluxPreparedStatement",
              java.sql.PreparedStatement.class,
              true),
          new Shape(java.sql.ResultSet.class, "Delegate", null, true),
          new Shape(java.sql.Savepoint.class, "Delegate", null, true),
          new Shape(java.sql.Blob.class, "Delegate", null, false),
          new Shape(java.sql.NClob.class, "Delegate", null, false),
          new Shape(java.sql.Clob.class, "Delegate", null, false),
          new Shape(java.sql.Array.class, "Delegate", null, false),
          new Shape(java.sql.SQLXML.class, "Delegate", null, false),
          new Shape(java.sql.Ref.class, "Delegate", null, false),
          new Shape(java.sql.RowId.class, "Delegate", null, false),
          new Shape(java.sql.Struct.class, "Delegate", null, false),
          new Shape(java.sql.DatabaseMetaData.class, "Delegate", null, false),
          new Shape(java.sql.ParameterMetaData.class, "Delegate", null, false),
          new Shape(java.sql.ResultSetMetaData.class, "Delegate", null, true));

  /** The hand-written class does these: they write without any SQL text. */
  private static final List<String> CHANGES_OF_ROWS = List.of("insertRow", "updateRow", "deleteRow");

  private DelegateGenerator() {}

  public static void main(String[] arguments) throws IOException {
    Path directory = Path.of(arguments[0]).resolve(PACKAGE.replace('.', '/'));
    Files.createDirectories(directory);
    for (Shape shape : SHAPES) {
      Path file = directory.resolve(shape.name() + ".java");
      String source = source(shape);
      if (!Files.exists(file) || !Files.readString(file).equals(source)) {
        Files.writeString(file, source);
      }
    }
  }

  private static String source(Shape shape) {
    String type = shape.type().getCanonicalName();
    String name = shape.name();
    return "package " + PACKAGE + ";\n\n"
        + "@SuppressWarnings({\"deprecation\", \"try\"})\n"
        + (shape.isOpen() ? "abstract" : "final") + " class " + name
        + " extends " + shape.parent() + " implements " + type + " {\n"
        + "  private final " + type + " inner;\n\n"
        + constructor(shape, type, name)
        + "  @Override\n  " + type + " inner() {\n    return inner;\n  }\n"
        + checks(shape)
        + methods(shape).stream().map(method -> method(shape, method)).collect(Collectors.joining())
        + "}\n";
  }

  private static String constructor(Shape shape, String type, String name) {
    boolean isChained = shape.inherited() != null;
    String first = isChained ? "Origin origin" : "Scope scope";
    return "  " + name + "(" + first + ", " + type + " inner) {\n"
        + "    super(" + (isChained ? "origin, inner" : "scope") + ");\n"
        + "    this.inner = inner;\n  }\n\n";
  }

  /** The checks that the hand-written class provides; see {@link #before}. */
  private static String checks(Shape shape) {
    return methods(shape).stream()
        .map(method -> before(shape.type(), method))
        .filter(check -> shape.isOpen() && !check.isEmpty())
        .distinct()
        .map(DelegateGenerator::declaration)
        .distinct()
        .collect(Collectors.joining());
  }

  private static String declaration(String check) {
    String name = check.substring(0, check.indexOf('(')).trim();
    String parameters = check.contains("()") ? "" : "int column, Object value";
    return "\n  abstract void " + name + "(" + parameters + ") throws java.sql.SQLException;\n";
  }

  private static List<Method> methods(Shape shape) {
    Map<String, Method> bySignature = new LinkedHashMap<>();
    Arrays.stream(shape.type().getMethods())
        .filter(method -> !Modifier.isStatic(method.getModifiers()))
        .filter(method -> !CHANGES_OF_ROWS.contains(method.getName()))
        .filter(method -> shape.inherited() == null || !declares(shape.inherited(), method))
        .sorted(Comparator.comparing(DelegateGenerator::signature))
        .forEach(method -> bySignature.putIfAbsent(signature(method), method));
    return List.copyOf(bySignature.values());
  }

  private static boolean declares(Class<?> type, Method wanted) {
    return Arrays.stream(type.getMethods()).anyMatch(m -> signature(m).equals(signature(wanted)));
  }

  private static String signature(Method method) {
    return method.getName() + Arrays.toString(method.getParameterTypes());
  }

  private static String method(Shape shape, Method method) {
    String generic =
        Arrays.stream(method.getTypeParameters())
            .map(t -> "<" + t.getName() + " extends " + t.getBounds()[0].getTypeName() + "> ")
            .collect(Collectors.joining());
    Type[] types = method.getGenericParameterTypes();
    String parameters =
        IntStream.range(0, types.length)
            .mapToObj(i -> types[i].getTypeName() + " a" + i)
            .collect(Collectors.joining(", "));
    String thrown =
        method.getExceptionTypes().length == 0
            ? ""
            : " throws "
                + Arrays.stream(method.getExceptionTypes())
                    .map(Class::getCanonicalName)
                    .sorted()
                    .collect(Collectors.joining(", "));
    return "\n  @Override\n  public " + generic + method.getGenericReturnType().getTypeName() + " "
        + method.getName() + "(" + parameters + ")" + thrown + " {\n" + body(shape, method) + "  }\n";
  }

  private static String body(Shape shape, Method method) {
    if (method.getDeclaringClass() == java.sql.Wrapper.class) {
      return "    return scope()." + method.getName() + "(this, a0);\n";
    }
    Class<?>[] types = method.getParameterTypes();
    String call =
        "inner." + method.getName() + "("
            + IntStream.range(0, types.length)
                .mapToObj(i -> crosses(types[i]) ? "Scope.bare(a" + i + ")" : "a" + i)
                .collect(Collectors.joining(", "))
            + ")";
    String before = before(shape.type(), method);
    Class<?> result = method.getReturnType();
    if (result == void.class) {
      return before + "    " + call + ";\n";
    }
    if (method.getTypeParameters().length > 0 && shape.type() != java.sql.SQLXML.class) {
      return "    return scope().wrap(" + call + ", a" + (types.length - 1) + ");\n";
    }
    return before + "    return " + (crosses(result) ? "scope().wrap(" + call + ")" : call) + ";\n";
  }

  /** Whether a value of this type may be one of the driver's own objects. */
  private static boolean crosses(Class<?> type) {
    return type == Object.class
        || type == Object[].class
        || SHAPES.stream().anyMatch(shape -> shape.type() == type);
  }

  /** The check that a hand-written class makes first where a call writes without any SQL text. */
  private static String before(Class<?> type, Method method) {
    String name = method.getName();
    Class<?>[] types = method.getParameterTypes();
    if (type == java.sql.ResultSet.class && name.matches("update[A-Z].*") && types.length > 0) {
      String column = types[0] == String.class ? "inner.findColumn(a0)" : "a0";
      String value = types.length == 1 ? "null" : "a1";
      return "    beforeColumnChange(" + column + ", " + value + ");\n";
    }
    if (java.sql.Clob.class.isAssignableFrom(type) || type == java.sql.Blob.class) {
      return name.matches("set[A-Z].*|truncate") ? "    scope().beforeLobChange();\n" : "";
    }
    boolean isNamed =
        type == java.sql.CallableStatement.class
            && name.matches("set[A-Z].*")
            && method.getParameterTypes()[0] == String.class;
    return isNamed ? "    beforeNamedParameter();\n" : "";
  }
}
