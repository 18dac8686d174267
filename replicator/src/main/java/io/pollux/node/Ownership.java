package io.pollux.node;

import io.pollux.core.Epoch;
import io.pollux.core.PolluxException;
import io.pollux.core.PolluxException.Reason;
import io.pollux.core.Role;
import io.pollux.env.Disk;
import io.pollux.env.Ids;
import io.pollux.node.NodeDatabase.Owner;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Optional;

/**
 * Whether a directory and a database belong together (FAULTS.md H14); reserves the boot number of
 * this start.
 */
final class Ownership {
  private Ownership() {}

  /**
   * Opens the database, gives it Pollux's tables if this node is where the group begins, and makes
   * the next boot number durable.
   *
   * @throws PolluxException DATABASE_UNREACHABLE, DATABASE_FOREIGN
   */
  static StoredState claim(Disk files, NodeConfig config, NodeDatabase database)
      throws PolluxException, IOException {
    StoredState stored = StoredState.read(files);
    database.open(config.role() == Role.BACKUP);
    try {
      Optional<Owner> owner = database.owner();
      if (owner.isPresent()) {
        stored = check(stored, config, database, owner.orElseThrow());
      } else if (!stored.incarnation().isEmpty() && !stored.copying()) {
        throw foreign(
            database,
            "it has no tables of Pollux, but the node's directory knows it as "
                + stored.incarnation());
      } else if (config.role() == Role.BACKUP) {
        requireEmpty(database);
      } else {
        stored = found(stored, config, database);
      }
    } catch (SQLException e) {
      throw new PolluxException(
          Reason.DATABASE_UNREACHABLE,
          "can't read Pollux's tables in "
              + database.url()
              + ": "
              + e.getMessage()
              + "; check the rights of the account",
          e);
    }
    StoredState next = stored.nextBoot();
    next.write(files);
    return next;
  }

  private static StoredState check(
      StoredState stored, NodeConfig config, NodeDatabase database, Owner owner)
      throws PolluxException {
    if (stored.copying()) {
      return stored; // Whatever is there, the next copy replaces it.
    } else if (!owner.group().equals(config.group())) {
      throw foreign(
          database, "it belongs to group " + owner.group() + ", this node to " + config.group());
    } else if (!owner.node().equals(config.id())) {
      throw foreign(
          database, "it belongs to node " + owner.node() + ", this node is " + config.id());
    } else if (stored.incarnation().isEmpty()) {
      return stored // A crash came between founding the database and remembering it.
          .withIncarnation(owner.incarnation())
          .withEpoch(owner.epoch(), true);
    } else if (!owner.incarnation().equals(stored.incarnation())) {
      throw foreign(
          database,
          "its incarnation is "
              + owner.incarnation()
              + ", the node's directory knows "
              + stored.incarnation());
    } else if (owner.boot() > stored.boot()) {
      throw foreign(
          database,
          "it was used in boot "
              + owner.boot()
              + ", the node's directory only knows "
              + stored.boot()
              + ": the directory was restored from an older state");
    }
    return stored;
  }

  private static PolluxException foreign(NodeDatabase database, String what) {
    return new PolluxException(
        Reason.DATABASE_FOREIGN,
        "the database "
            + database.url()
            + " is not this node's: "
            + what
            + "; point the node to its own database, or set it up again with 'pollux join'");
  }

  private static void requireEmpty(NodeDatabase database) throws SQLException, PolluxException {
    if (!database.isEmpty()) {
      throw new PolluxException(
          Reason.DATABASE_FOREIGN,
          "the database "
              + database.url()
              + " holds tables that are not a copy of the master's;"
              + " a backup begins with an empty or a new one");
    }
  }

  private static StoredState found(StoredState stored, NodeConfig config, NodeDatabase database)
      throws SQLException {
    String incarnation = Ids.random();
    Epoch first = new Epoch(1);
    database.adopt(new Owner(config.group(), incarnation, config.id(), 0, first));
    return stored.withIncarnation(incarnation).withEpoch(first, true);
  }
}
