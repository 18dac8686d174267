package io.pollux.driver;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.Properties;
import java.util.logging.Logger;
import javax.sql.DataSource;

/**
 * Connections of one {@code jdbc:pollux:} URL, for pools and containers. Closing it stops the node
 * if nobody else in this JVM holds it. Configure it before its first connection; then any thread.
 */
public final class PolluxDataSource implements DataSource, AutoCloseable {
  private final CaptureDriver driver;
  private final Properties properties = new Properties();
  private String url = "";
  private PrintWriter logWriter;
  private int loginTimeoutSeconds;

  /** A data source without a URL yet. */
  public PolluxDataSource() {
    this(NodeRegistry.ofThisProcess());
  }

  PolluxDataSource(NodeRegistry nodes) {
    this.driver = new CaptureDriver(nodes);
  }

  /** The URL, {@code jdbc:pollux:<rest of the real URL>}. */
  public String getUrl() {
    return url;
  }

  /** Sets the URL, {@code jdbc:pollux:<rest of the real URL>}. */
  public void setUrl(String url) {
    this.url = url;
  }

  /** The database user; null if none was set. */
  public String getUser() {
    return properties.getProperty("user");
  }

  /** Sets the database user. */
  public void setUser(String user) {
    setProperty("user", user);
  }

  /** Sets the password of the database user. */
  public void setPassword(String password) {
    setProperty("password", password);
  }

  /** The node's directory; null: as the driver finds it. */
  public String getDirectory() {
    return properties.getProperty(DriverOption.DIRECTORY.key());
  }

  /** Sets the node's directory, {@code pollux.dir}. */
  public void setDirectory(String directory) {
    setProperty(DriverOption.DIRECTORY.key(), directory);
  }

  /** The commit mode; null: what the node's configuration says. */
  public String getCommit() {
    return properties.getProperty(DriverOption.COMMIT.key());
  }

  /** Sets the commit mode, {@code pollux.commit}. */
  public void setCommit(String mode) {
    setProperty(DriverOption.COMMIT.key(), mode);
  }

  /** Sets any connection property, of the real driver or of Pollux; null removes it. */
  public void setProperty(String name, String value) {
    if (value == null) {
      properties.remove(name);
    } else {
      properties.setProperty(name, value);
    }
  }

  @Override
  public Connection getConnection() throws SQLException {
    return connect(properties);
  }

  @Override
  public Connection getConnection(String user, String password) throws SQLException {
    Properties ofUser = new Properties();
    ofUser.putAll(properties);
    ofUser.setProperty("user", user);
    ofUser.setProperty("password", password);
    return connect(ofUser);
  }

  private Connection connect(Properties info) throws SQLException {
    if (!driver.acceptsURL(url)) {
      throw new SQLException(
          "the URL of the data source is '"
              + url
              + "': set it to "
              + PolluxUrl.PREFIX
              + "<rest of the real URL>",
          "08001");
    }
    return driver.connect(url, info);
  }

  @Override
  public PrintWriter getLogWriter() {
    return logWriter;
  }

  /** Kept for the caller; Pollux logs through System.Logger. */
  @Override
  public void setLogWriter(PrintWriter writer) {
    this.logWriter = writer;
  }

  @Override
  public int getLoginTimeout() {
    return loginTimeoutSeconds;
  }

  /** Kept for the caller; how long a connection may take, the real driver's properties say. */
  @Override
  public void setLoginTimeout(int seconds) {
    this.loginTimeoutSeconds = seconds;
  }

  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    throw new SQLFeatureNotSupportedException("Pollux logs through System.Logger", "0A000");
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    if (type.isInstance(this)) {
      return type.cast(this);
    }
    throw new SQLException("a Pollux data source is no " + type.getName(), "0A000");
  }

  @Override
  public boolean isWrapperFor(Class<?> type) {
    return type.isInstance(this);
  }

  /** Stops the node, unless a driver or another data source in this JVM holds it. Idempotent. */
  @Override
  public void close() {
    driver.deregister();
  }
}
