package io.pollux.driver;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A URL and its properties, taken apart.
 *
 * @param real the URL for the real driver
 * @param properties for the real driver; none of Pollux's own
 * @param options Pollux's own properties
 */
record PolluxUrl(String real, Properties properties, Properties options) {
  static final String PREFIX = "jdbc:pollux:";

  /** Pollux's own attributes may stand in the URL as well: {@code ;pollux.dir=…}. */
  private static final Pattern OPTION = Pattern.compile(";(pollux\\.[^=;]*)=([^;]*)");

  private static final Pattern SUBPROTOCOL = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*:.+");
  private static final Pattern ENGINE_ALONE = Pattern.compile("jdbc:[^:;]+:(;.*)?");
  private static final Pattern SHUTDOWN = Pattern.compile("(?i);shutdown=true(;|$)");

  static PolluxUrl parse(String url, Properties info) throws SQLException {
    String rest = url.substring(PREFIX.length());
    if (!SUBPROTOCOL.matcher(rest).matches()) {
      throw invalid(
          "the JDBC URL '"
              + url
              + "' names no database: write "
              + PREFIX
              + "<rest of the real URL>, for example jdbc:pollux:NAME:… for jdbc:NAME:…");
    }
    Properties forReal = new Properties();
    Properties options = new Properties();
    if (info != null) {
      for (String key : info.stringPropertyNames()) {
        (key.startsWith(DriverOption.PREFIX) ? options : forReal)
            .setProperty(key, info.getProperty(key));
      }
    }
    Matcher inUrl = OPTION.matcher(rest);
    while (inUrl.find()) {
      options.setProperty(inUrl.group(1), inUrl.group(2));
    }
    check(options);
    return new PolluxUrl("jdbc:" + inUrl.replaceAll(""), forReal, options);
  }

  private static void check(Properties options) throws SQLException {
    for (String key : options.stringPropertyNames()) {
      Optional<DriverOption> option = DriverOption.of(key);
      if (option.isEmpty()) {
        throw invalid(
            "unknown connection property '" + key + "': Pollux knows " + DriverOption.known());
      }
      String value = options.getProperty(key);
      if (!option.get().allows(value)) {
        throw invalid(
            "connection property '"
                + key
                + "' is '"
                + value
                + "': it may be "
                + String.join(", ", option.get().choices()));
      }
    }
  }

  private static SQLException invalid(String message) {
    return new SQLException(message, "08001");
  }

  /** From the connection, the system property, or the environment, in this order. */
  Optional<Path> directory() throws SQLException {
    return directory(System.getProperties(), System.getenv());
  }

  Optional<Path> directory(Properties system, Map<String, String> environment) throws SQLException {
    String key = DriverOption.DIRECTORY.key();
    String fromEnvironment = environment.get(key.replace('.', '_').toUpperCase(Locale.ROOT));
    String text = options.getProperty(key, system.getProperty(key, fromEnvironment));
    if (text == null || text.isBlank()) {
      return Optional.empty();
    }
    try {
      return Optional.of(Path.of(text));
    } catch (InvalidPathException e) {
      throw invalid("'" + key + "' is '" + text + "', which is not a path: " + e.getMessage());
    }
  }

  /** Whether there is a database in the URL, and not the engine alone. */
  boolean namesDatabase() {
    return !ENGINE_ALONE.matcher(real).matches();
  }

  /** Whether the application closes the database with this URL, as some embedded engines want. */
  boolean isShutdown() {
    return SHUTDOWN.matcher(real).find()
        || "true".equalsIgnoreCase(properties.getProperty("shutdown"));
  }
}
