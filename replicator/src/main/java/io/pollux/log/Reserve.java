package io.pollux.log;

import io.pollux.env.Disk;
import io.pollux.env.Disk.StoredFile;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Space that is given up when the disk is full, so that what was decided can be recorded. */
final class Reserve {
  private static final System.Logger LOG = System.getLogger(Reserve.class.getName());

  static final String FILE = "reserve";

  private static final int STEP_BYTES = 1 << 20;

  private final Disk disk;
  private final long bytes;
  private final long slackBytes;
  private boolean held;

  /**
   * Not held yet.
   *
   * @param slackBytes that must stay free beside the reserve when it is taken
   */
  Reserve(Disk disk, long bytes, long slackBytes) {
    this.disk = disk;
    this.bytes = bytes;
    this.slackBytes = slackBytes;
  }

  boolean isHeld() {
    return held;
  }

  void takeIfThereIsRoom() throws IOException {
    if (held) {
      return;
    }
    long size = size();
    if (size < bytes) {
      if (disk.usableBytes() - (bytes - size) < slackBytes) {
        return;
      }
      try (StoredFile file = disk.open(FILE)) {
        fill(file, size, bytes);
        file.force();
      } catch (IOException e) {
        LOG.log(System.Logger.Level.WARNING, "Taking the reserve of the statement log failed", e);
        giveUp();
        return;
      }
      disk.forceDirectory();
    }
    held = true;
  }

  private long size() throws IOException {
    if (!disk.list().contains(FILE)) {
      return 0;
    }
    try (StoredFile file = disk.openToRead(FILE)) {
      return file.size();
    }
  }

  void giveUp() throws IOException {
    held = false;
    if (disk.list().contains(FILE)) {
      disk.delete(FILE);
      disk.forceDirectory();
    }
  }

  /** Zeros that are really stored, not a hole. */
  static void fill(StoredFile file, long from, long to) throws IOException {
    ByteBuffer zeros = ByteBuffer.allocate((int) Math.min(STEP_BYTES, Math.max(0, to - from)));
    for (long at = from; at < to; at += zeros.capacity()) {
      zeros.clear().limit((int) Math.min(zeros.capacity(), to - at));
      file.write(zeros, at);
    }
  }
}
