package io.pollux.engine;

import io.pollux.core.PolluxException;
import java.util.List;

/** The engines that this build knows. */
public final class Dialects {
  private static final List<Dialect> ALL =
      List.of(
          new DerbyDialect(),
          new H2Dialect(),
          new HsqldbDialect(),
          new PostgresDialect(),
          new SqliteDialect());

  private Dialects() {}

  /**
   * The dialect of a real URL, {@code jdbc:…} without {@code pollux:}.
   *
   * @throws PolluxException ENGINE_UNSUPPORTED, with the engines that are known
   */
  public static Dialect forUrl(String url) throws PolluxException {
    for (Dialect dialect : ALL) {
      if (dialect.accepts(url)) {
        return dialect;
      }
    }
    throw new PolluxException(
        PolluxException.Reason.ENGINE_UNSUPPORTED,
        "no engine for the URL "
            + withoutAttributes(url)
            + "; this build knows "
            + names()
            + ", each embedded in the process");
  }

  /** Attributes may hold passwords. */
  private static String withoutAttributes(String url) {
    return url.split("[;?]", 2)[0];
  }

  private static List<String> names() {
    return ALL.stream().map(Dialect::name).toList();
  }
}
