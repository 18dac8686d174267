package io.pollux.commit;

import io.pollux.engine.Dialect;
import io.pollux.sql.SystemTables;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * How a slot row is written ({@link SystemTables}).
 *
 * @param writeAndCommit empty if the engine can't do both in one round trip
 * @param fenced whether {@code writeAndCommit} failed because the slot is fenced
 */
public record SlotTexts(
    String write, Optional<String> writeAndCommit, Predicate<SQLException> fenced) {
  public SlotTexts {
    Objects.requireNonNull(write, "write");
    Objects.requireNonNull(writeAndCommit, "writeAndCommit");
    Objects.requireNonNull(fenced, "fenced");
  }

  /** Those of an engine. */
  public static SlotTexts of(Dialect dialect) {
    SystemTables tables = dialect.systemTables();
    return new SlotTexts(
        tables.writeSlot(),
        dialect.commitsInOneTrip() ? Optional.of(tables.writeSlotAndCommit()) : Optional.empty(),
        dialect::isFenced);
  }
}
