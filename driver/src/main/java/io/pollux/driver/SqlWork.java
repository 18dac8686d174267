package io.pollux.driver;

import java.sql.SQLException;

/** Something to do on a connection. */
interface SqlWork<R> {
  R run() throws SQLException;
}
