package io.pollux.apply;

import java.util.Comparator;
import java.util.Objects;

/** A slot of a node: the source of a sequence of transactions with rising stamps. */
public record SlotKey(String node, int slot) {
  public static final Comparator<SlotKey> ORDER =
      Comparator.comparing(SlotKey::node).thenComparingInt(SlotKey::slot);

  public SlotKey {
    Objects.requireNonNull(node, "node");
  }
}
