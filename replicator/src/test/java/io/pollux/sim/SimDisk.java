package io.pollux.sim;

import io.pollux.env.Disk;
import io.pollux.env.MemoryDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/** One directory of a node: a disk on which the process can die in the middle of its work. */
final class SimDisk implements Disk {
  final MemoryDisk memory = new MemoryDisk();
  private final String name;
  private final Runnable dying;
  private long dieIn = Long.MAX_VALUE;

  SimDisk(String name, Runnable dying) {
    this.name = name;
    this.dying = dying;
  }

  /** The process dies instead of the n-th operation from now, counted from 1. */
  void dieAt(long n) {
    dieIn = n;
  }

  void disarm() {
    dieIn = Long.MAX_VALUE;
  }

  private void operation() {
    if (dieIn != Long.MAX_VALUE && --dieIn == 0) {
      dieIn = Long.MAX_VALUE;
      dying.run();
      throw new Died();
    }
  }

  @Override
  public List<String> list() throws IOException {
    return memory.list();
  }

  @Override
  public StoredFile open(String file) throws IOException {
    operation();
    return new Watched(memory.open(file));
  }

  @Override
  public StoredFile openToRead(String file) throws IOException {
    return memory.openToRead(file);
  }

  @Override
  public void rename(String from, String to) throws IOException {
    operation();
    memory.rename(from, to);
  }

  @Override
  public void delete(String file) throws IOException {
    operation();
    memory.delete(file);
  }

  @Override
  public void forceDirectory() throws IOException {
    operation();
    memory.forceDirectory();
  }

  @Override
  public long usableBytes() throws IOException {
    return memory.usableBytes();
  }

  @Override
  public String toString() {
    return name;
  }

  private final class Watched implements StoredFile {
    private final StoredFile file;

    Watched(StoredFile file) {
      this.file = file;
    }

    @Override
    public long size() throws IOException {
      return file.size();
    }

    @Override
    public int read(ByteBuffer target, long offset) throws IOException {
      return file.read(target, offset);
    }

    @Override
    public void write(ByteBuffer source, long offset) throws IOException {
      operation();
      file.write(source, offset);
    }

    @Override
    public void truncate(long size) throws IOException {
      operation();
      file.truncate(size);
    }

    @Override
    public void force() throws IOException {
      operation();
      file.force();
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
