package io.pollux.env;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * A disk that may do at a power cut whatever a real one may: of what was not forced any subset
 * survives, file contents in pieces of 512 bytes, directory operations one by one. It can be told
 * to fail, to be full, and to flip a bit.
 */
public final class MemoryDisk implements Disk {
  private static final int SECTOR = 512;

  private TreeMap<String, Content> names = new TreeMap<>();
  private TreeMap<String, Content> forcedNames = new TreeMap<>();
  private final List<DirectoryOperation> unforced = new ArrayList<>();
  private long capacity = Long.MAX_VALUE / 2;
  private long operations;
  private long powerCutAt = Long.MAX_VALUE;
  private int forces;
  private int failingForce = -1;
  private int generation;

  /** Changes a directory; what it names may be absent after a crash. */
  private interface DirectoryOperation {
    void apply(Map<String, Content> directory);
  }

  private sealed interface Change {}

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Written(long offset, byte[] bytes) implements Change {}

  private record Cut(long size) implements Change {}

  /** The bytes of a file: as they are read now, as they were forced, and what lies between. */
  private static final class Content {
    byte[] now = new byte[0];
    byte[] forced = new byte[0];
    final List<Change> unforced = new ArrayList<>();

    static byte[] apply(byte[] bytes, Change change) {
      if (change instanceof Written written) {
        return put(bytes, written.offset(), written.bytes(), 0, written.bytes().length);
      }
      return cut(bytes, ((Cut) change).size());
    }

    static byte[] cut(byte[] bytes, long size) {
      return size < bytes.length ? Arrays.copyOf(bytes, (int) size) : bytes;
    }

    static byte[] put(byte[] bytes, long offset, byte[] source, int from, int to) {
      int end = Math.toIntExact(offset + to);
      byte[] result = end > bytes.length ? Arrays.copyOf(bytes, end) : bytes;
      System.arraycopy(source, from, result, Math.toIntExact(offset + from), to - from);
      return result;
    }
  }

  // What tests tell it.

  /** From now on the disk has room for this many bytes in all its files. */
  public synchronized void limit(long bytes) {
    capacity = bytes;
  }

  /** Of the forces of files that follow, the n-th fails, counted from 1. */
  public synchronized void failForce(int n) {
    failingForce = forces + n;
  }

  /**
   * What systems do after a failed force: what could not be written counts as clean, is read as if
   * it were there, and no later force brings it to disk.
   */
  public synchronized void forgetUnforced() {
    names.values().forEach(content -> content.unforced.clear());
  }

  /** Successful and failed forces of files so far. */
  public synchronized int forces() {
    return forces;
  }

  /** Writes, truncations, forces and directory operations so far. */
  public synchronized long operations() {
    return operations;
  }

  /** The power fails instead of the n-th operation from now, counted from 1. */
  public synchronized void cutPowerAt(long n) {
    powerCutAt = operations + n;
  }

  public synchronized byte[] bytes(String name) throws IOException {
    return existing(name).now.clone();
  }

  /** Puts a file there that is forced already. */
  public synchronized void put(String name, byte[] bytes) {
    Content content = new Content();
    content.now = bytes.clone();
    content.forced = bytes.clone();
    names.put(name, content);
    forcedNames.put(name, content);
  }

  /** Changes one bit, on the disk and in what is read. */
  public synchronized void flipBit(String name, long offset, int bit) throws IOException {
    Content content = existing(name);
    content.now[(int) offset] ^= (byte) (1 << bit);
    if (offset < content.forced.length && content.forced != content.now) {
      content.forced[(int) offset] ^= (byte) (1 << bit);
    }
  }

  /** The power fails and comes back; files that were open stay unusable. */
  public synchronized void crash(RandomGenerator random) {
    generation++;
    powerCutAt = Long.MAX_VALUE;
    failingForce = -1;
    Chance chance = Chance.values()[random.nextInt(Chance.values().length)];
    for (DirectoryOperation operation : unforced) {
      if (chance.keeps(random)) {
        operation.apply(forcedNames);
      }
    }
    unforced.clear();
    names = new TreeMap<>(forcedNames);
    for (Content content : names.values()) {
      content.now = afterCrash(content, chance, random);
      content.forced = content.now.clone();
      content.unforced.clear();
    }
  }

  /** The process dies and the machine runs on: nothing is lost, open files are gone. */
  public synchronized void processDies() {
    generation++;
    powerCutAt = Long.MAX_VALUE;
    failingForce = -1;
  }

  private enum Chance {
    NOTHING,
    SOME,
    MOST,
    ALL;

    boolean keeps(RandomGenerator random) {
      return switch (this) {
        case NOTHING -> false;
        case SOME -> random.nextBoolean();
        case MOST -> random.nextInt(8) != 0;
        case ALL -> true;
      };
    }
  }

  private static byte[] afterCrash(Content content, Chance chance, RandomGenerator random) {
    byte[] bytes = content.forced.clone();
    for (Change change : content.unforced) {
      if (change instanceof Cut cut) {
        bytes = chance.keeps(random) ? Content.cut(bytes, cut.size()) : bytes;
      } else if (change instanceof Written written) {
        bytes = tear(bytes, written, chance, random);
      }
    }
    return bytes;
  }

  private static byte[] tear(
      byte[] before, Written written, Chance chance, RandomGenerator random) {
    byte[] bytes = before;
    int from = 0;
    while (from < written.bytes().length) {
      int inSector = (int) ((written.offset() + from) % SECTOR);
      int to = Math.min(written.bytes().length, from + SECTOR - inSector);
      if (chance.keeps(random)) {
        bytes = Content.put(bytes, written.offset(), written.bytes(), from, to);
      }
      from = to;
    }
    int end = (int) written.offset() + written.bytes().length;
    boolean sizeSurvives = end > bytes.length && chance.keeps(random);
    return sizeSurvives ? Arrays.copyOf(bytes, end) : bytes;
  }

  // What the disk does.

  @Override
  public synchronized List<String> list() {
    return List.copyOf(names.keySet());
  }

  @Override
  public synchronized StoredFile open(String name) throws IOException {
    Content content = names.get(name);
    if (content == null) {
      Content created = new Content();
      change(directory -> directory.put(name, created));
      content = created;
    }
    return new OpenFile(name, content, true);
  }

  @Override
  public synchronized StoredFile openToRead(String name) throws IOException {
    return new OpenFile(name, existing(name), false);
  }

  @Override
  public synchronized void rename(String from, String to) throws IOException {
    Content content = existing(from);
    change(
        directory -> {
          directory.remove(from, content);
          directory.put(to, content);
        });
  }

  @Override
  public synchronized void delete(String name) throws IOException {
    Content content = existing(name);
    change(directory -> directory.remove(name, content));
  }

  private void change(DirectoryOperation operation) throws IOException {
    countOperation();
    operation.apply(names);
    unforced.add(operation);
  }

  @Override
  public synchronized void forceDirectory() throws IOException {
    countOperation();
    forcedNames = new TreeMap<>(names);
    unforced.clear();
  }

  @Override
  public synchronized long usableBytes() {
    return Math.max(0, capacity - used());
  }

  private long used() {
    return names.values().stream().mapToLong(content -> content.now.length).sum();
  }

  private Content existing(String name) throws NoSuchFileException {
    Content content = names.get(name);
    if (content == null) {
      throw new NoSuchFileException(name);
    }
    return content;
  }

  private void countOperation() throws IOException {
    operations++;
    if (operations >= powerCutAt) {
      throw new IOException("the power is gone");
    }
  }

  private final class OpenFile implements StoredFile {
    private final String name;
    private final Content content;
    private final boolean writable;
    private final int openedIn = generation;
    private boolean closed;

    OpenFile(String name, Content content, boolean writable) {
      this.name = name;
      this.content = content;
      this.writable = writable;
    }

    private void check() throws IOException {
      if (closed || openedIn != generation) {
        throw new IOException(name + " is closed");
      }
    }

    private void checkWritable() throws IOException {
      check();
      if (!writable) {
        throw new IOException(name + " is open for reading only");
      }
      countOperation();
    }

    @Override
    public long size() throws IOException {
      synchronized (MemoryDisk.this) {
        check();
        return content.now.length;
      }
    }

    @Override
    public int read(ByteBuffer target, long offset) throws IOException {
      synchronized (MemoryDisk.this) {
        check();
        int left = (int) Math.max(0, content.now.length - offset);
        int count = Math.min(target.remaining(), left);
        if (count > 0) {
          target.put(content.now, (int) offset, count);
        }
        return count;
      }
    }

    @Override
    public void write(ByteBuffer source, long offset) throws IOException {
      synchronized (MemoryDisk.this) {
        checkWritable();
        long end = offset + source.remaining();
        if (end > content.now.length && used() + end - content.now.length > capacity) {
          throw new IOException("no space left for " + name);
        }
        byte[] bytes = new byte[source.remaining()];
        source.get(bytes);
        content.now = Content.put(content.now, offset, bytes, 0, bytes.length);
        content.unforced.add(new Written(offset, bytes));
      }
    }

    @Override
    public void truncate(long size) throws IOException {
      synchronized (MemoryDisk.this) {
        checkWritable();
        content.now = Content.cut(content.now, size);
        content.unforced.add(new Cut(size));
      }
    }

    @Override
    public void force() throws IOException {
      synchronized (MemoryDisk.this) {
        checkWritable();
        forces++;
        if (forces == failingForce) {
          throw new IOException("forcing " + name + " failed");
        }
        for (Change change : content.unforced) {
          content.forced = Content.apply(content.forced, change);
        }
        content.unforced.clear();
      }
    }

    @Override
    public void close() {
      closed = true;
    }
  }
}
