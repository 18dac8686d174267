package io.pollux.apply;

import java.sql.SQLException;

/** A record asks for something that a peer may not ask for; nothing of it was executed. */
public final class RefusedException extends SQLException {
  private static final long serialVersionUID = 1L;

  RefusedException(String what, String reason) {
    super("refused " + what + ": " + reason + "; nothing of it was executed", "42501");
  }
}
