package io.pollux.node;

import io.pollux.core.Epoch;
import io.pollux.core.PolluxException;
import io.pollux.core.PolluxException.Reason;
import io.pollux.env.Disk;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;

/**
 * What a node must not forget between two starts; kept in {@code node.state}.
 *
 * @param incarnation of the database that belongs to this directory; empty while there is none
 * @param boot number of the last start; reserved here before its first stamp (FAULTS.md H7)
 * @param epoch the highest that this node has heard of
 * @param reigned whether this node held that epoch
 * @param copying whether a full copy replaces the database: until it ends the node can't be
 *     promoted (FAULTS.md H20)
 */
record StoredState(String incarnation, long boot, Epoch epoch, boolean reigned, boolean copying) {
  private static final String FILE = "node.state";

  static final StoredState NEW = new StoredState("", 0, new Epoch(0), false, false);

  StoredState {
    Objects.requireNonNull(incarnation, "incarnation");
    Objects.requireNonNull(epoch, "epoch");
  }

  StoredState nextBoot() {
    return new StoredState(incarnation, boot + 1, epoch, reigned, copying);
  }

  StoredState withEpoch(Epoch newEpoch, boolean mine) {
    return new StoredState(incarnation, boot, newEpoch, mine, copying);
  }

  StoredState withIncarnation(String newIncarnation) {
    return new StoredState(newIncarnation, boot, epoch, reigned, copying);
  }

  StoredState withCopying(boolean now) {
    return new StoredState(incarnation, boot, epoch, reigned, now);
  }

  void write(Disk disk) throws IOException {
    String text =
        "incarnation="
            + incarnation
            + "\nboot="
            + boot
            + "\nepoch="
            + epoch
            + "\nreigned="
            + reigned
            + "\ncopying="
            + copying
            + "\n";
    DurableFile.write(disk, FILE, text.getBytes(StandardCharsets.UTF_8));
  }

  static StoredState read(Disk disk) throws PolluxException {
    Properties values = new Properties();
    try {
      Optional<byte[]> content = DurableFile.read(disk, FILE);
      if (content.isEmpty()) {
        return NEW;
      }
      values.load(new StringReader(new String(content.orElseThrow(), StandardCharsets.UTF_8)));
      return new StoredState(
          required(values, "incarnation"),
          Long.parseLong(required(values, "boot")),
          new Epoch(Long.parseLong(required(values, "epoch"))),
          Boolean.parseBoolean(required(values, "reigned")),
          Boolean.parseBoolean(required(values, "copying")));
    } catch (IOException | IllegalArgumentException e) {
      throw new PolluxException(
          Reason.BAD_CONFIGURATION,
          "can't read "
              + FILE
              + " in "
              + disk
              + ": "
              + e.getMessage()
              + "; if the file is lost, set the node up again with 'pollux join'",
          e);
    }
  }

  private static String required(Properties values, String name) throws IOException {
    String value = values.getProperty(name);
    if (value == null) {
      throw new IOException("'" + name + "' is missing");
    }
    return value.strip();
  }
}
