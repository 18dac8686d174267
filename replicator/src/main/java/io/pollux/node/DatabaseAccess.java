package io.pollux.node;

import io.pollux.core.PolluxException;
import io.pollux.engine.Dialect;
import io.pollux.engine.Dialects;
import java.util.Objects;
import java.util.Properties;

/** How to open the database: the real driver's URL and properties, and the engine behind it. */
public record DatabaseAccess(String url, Properties properties, Dialect dialect) {
  public DatabaseAccess {
    Objects.requireNonNull(url, "url");
    Objects.requireNonNull(properties, "properties");
    Objects.requireNonNull(dialect, "dialect");
  }

  /**
   * As the configuration says.
   *
   * @throws PolluxException ENGINE_UNSUPPORTED
   */
  public static DatabaseAccess of(NodeConfig.Database database) throws PolluxException {
    Properties properties = new Properties();
    database.user().ifPresent(user -> properties.setProperty("user", user));
    database.password().ifPresent(password -> properties.setProperty("password", password));
    return of(database.url(), properties);
  }

  /**
   * As an application opens it.
   *
   * @throws PolluxException ENGINE_UNSUPPORTED
   */
  public static DatabaseAccess of(String url, Properties properties) throws PolluxException {
    return new DatabaseAccess(url, properties, Dialects.forUrl(url));
  }

  /** Never shows the properties. */
  @Override
  public String toString() {
    return "DatabaseAccess[" + url + "]";
  }
}
