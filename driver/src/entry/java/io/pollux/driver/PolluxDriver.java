package io.pollux.driver;

import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverAction;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.Optional;
import java.util.Properties;
import java.util.logging.Logger;

/**
 * The driver of {@code jdbc:pollux:<rest>}, whose real URL is {@code jdbc:<rest>}. It is found by
 * {@link java.util.ServiceLoader}, by {@link DriverManager}, and by {@code Class.forName}.
 * Deregistering it stops the nodes that it started.
 *
 * <p>This class alone is compiled for Java 11, so that an application on a Java that is too old is
 * told so by its first connection and not by an UnsupportedClassVersionError.
 */
public final class PolluxDriver implements Driver {
  private static final int OLDEST_JAVA = 17;
  private static final String PREFIX = "jdbc:pollux:";

  static {
    try {
      DriverManager.registerDriver(new PolluxDriver(), PolluxDriver::stopNodes);
    } catch (SQLException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private static void stopNodes() {
    Real.DRIVER.filter(DriverAction.class::isInstance)
        .map(DriverAction.class::cast)
        .ifPresent(DriverAction::deregister);
  }

  /** Holds the driver proper, loaded once and on first use; empty on a Java that can't load it. */
  private static final class Real {
    private static final Optional<Driver> DRIVER = load();

    private static Optional<Driver> load() {
      if (Runtime.version().feature() < OLDEST_JAVA) {
        return Optional.empty();
      }
      try {
        Class<?> type = Class.forName("io.pollux.driver.CaptureDriver");
        return Optional.of((Driver) type.getDeclaredConstructor().newInstance());
      } catch (ReflectiveOperationException e) {
        throw new ExceptionInInitializerError(e);
      }
    }
  }

  private static Driver real() throws SQLException {
    return Real.DRIVER.orElseThrow(
        () ->
            new SQLException(
                "Pollux needs Java " + OLDEST_JAVA + " or newer, this is Java "
                    + Runtime.version().feature() + ": start the application with a newer Java,"
                    + " or take 'pollux:' out of its JDBC URL",
                "08001"));
  }

  @Override
  public Connection connect(String url, Properties info) throws SQLException {
    return acceptsURL(url) ? real().connect(url, info) : null;
  }

  @Override
  public boolean acceptsURL(String url) throws SQLException {
    if (url == null) {
      throw new SQLException("the JDBC URL is null: write jdbc:pollux:<rest of the real URL>", "08001");
    }
    return url.startsWith(PREFIX);
  }

  @Override
  public DriverPropertyInfo[] getPropertyInfo(String url, Properties info) throws SQLException {
    return real().getPropertyInfo(url, info);
  }

  @Override
  public int getMajorVersion() {
    return Real.DRIVER.map(Driver::getMajorVersion).orElse(0);
  }

  @Override
  public int getMinorVersion() {
    return Real.DRIVER.map(Driver::getMinorVersion).orElse(0);
  }

  /** False: a statement that can't be captured is refused, so not all of SQL runs. */
  @Override
  public boolean jdbcCompliant() {
    return false;
  }

  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    throw new SQLFeatureNotSupportedException("Pollux logs through System.Logger", "0A000");
  }
}
