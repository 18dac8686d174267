package io.pollux.driver;

import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverAction;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.Properties;
import java.util.logging.Logger;
import java.util.stream.Stream;

/**
 * The driver proper, behind the entry class {@code PolluxDriver}: opens the real connection, finds
 * the node, and puts the capture between them. Any thread.
 */
final class CaptureDriver implements Driver, DriverAction {
  private final NodeRegistry nodes;

  /** Called by the entry class, which can't name this one. */
  CaptureDriver() {
    this(NodeRegistry.ofThisProcess());
  }

  CaptureDriver(NodeRegistry nodes) {
    this.nodes = nodes;
  }

  @Override
  public Connection connect(String url, Properties info) throws SQLException {
    if (!acceptsURL(url)) {
      return null;
    }
    PolluxUrl parsed = PolluxUrl.parse(url, info);
    return Guard.run(() -> connect(parsed));
  }

  private Connection connect(PolluxUrl url) throws SQLException {
    Driver real = DriverManager.getDriver(url.real());
    if (url.isShutdown()) {
      stopNodes(url);
      return real.connect(url.real(), url.properties());
    }
    // The node first: another process may have to give the database up.
    NodeHandle node = nodes.open(url, this);
    Connection inner = node.node().open(() -> real.connect(url.real(), url.properties()));
    try {
      return Guard.run(() -> capturing(inner, node, url));
    } catch (SQLException e) {
      closeAfter(e, inner);
      throw e;
    }
  }

  private void stopNodes(PolluxUrl url) throws SQLException {
    if (url.namesDatabase()) {
      nodes.stop(url);
    } else {
      nodes.stopAll();
    }
  }

  private static Connection capturing(Connection inner, NodeHandle node, PolluxUrl url)
      throws SQLException {
    return new PolluxConnection(inner, node, node.node().gate(url.options()));
  }

  private static void closeAfter(SQLException failure, Connection inner) {
    try {
      inner.close();
    } catch (SQLException e) {
      failure.addSuppressed(e);
    }
  }

  @Override
  public boolean acceptsURL(String url) {
    return url.startsWith(PolluxUrl.PREFIX);
  }

  @Override
  public DriverPropertyInfo[] getPropertyInfo(String url, Properties info) throws SQLException {
    PolluxUrl parsed = PolluxUrl.parse(url, info);
    Driver real = DriverManager.getDriver(parsed.real());
    return Stream.concat(
            Stream.of(real.getPropertyInfo(parsed.real(), parsed.properties())),
            Stream.of(DriverOption.values())
                .map(option -> option.info(parsed.options().getProperty(option.key()))))
        .toArray(DriverPropertyInfo[]::new);
  }

  /** The application deregistered the driver: its nodes stop, unless a data source holds them. */
  @Override
  public void deregister() {
    nodes.release(this);
  }

  @Override
  public int getMajorVersion() {
    return 0;
  }

  @Override
  public int getMinorVersion() {
    return 1;
  }

  @Override
  public boolean jdbcCompliant() {
    return false;
  }

  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    throw new SQLFeatureNotSupportedException("Pollux logs through System.Logger", "0A000");
  }
}
