package io.pollux.core;

import java.util.Objects;

/**
 * Who asked for a transaction, for the audit: database user, application name, thread or module.
 * Empty where unknown.
 */
public record Client(String user, String application, String thread) {
  public static final Client UNKNOWN = new Client("", "", "");

  public Client {
    Objects.requireNonNull(user, "user");
    Objects.requireNonNull(application, "application");
    Objects.requireNonNull(thread, "thread");
  }
}
