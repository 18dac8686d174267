package io.pollux.commit;

import io.pollux.core.Stamp;
import java.sql.SQLException;

/** The slot table as the gate needs it. Methods block; any thread. */
public interface SlotRows {
  /** Adds an armed row for a slot number that this node has not used in this boot. */
  void create(int slot) throws SQLException;

  /**
   * The stamp of the slot once nobody holds its row: what its connection really committed
   * (FAULTS.md H4).
   */
  Stamp lockedStamp(int slot) throws SQLException;
}
