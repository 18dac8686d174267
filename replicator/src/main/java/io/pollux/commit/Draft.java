package io.pollux.commit;

import io.pollux.core.Change;
import io.pollux.core.Client;
import java.util.List;
import java.util.Objects;

/** A transaction before it has a stamp. */
public record Draft(Client client, List<Change> changes) {
  public Draft {
    Objects.requireNonNull(client, "client");
    changes = List.copyOf(changes);
  }
}
