package io.pollux.env;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * The files of one directory. Names are plain file names; methods block; one thread uses one file
 * at a time.
 */
public interface Disk {
  /** Names of the files, sorted. */
  List<String> list() throws IOException;

  /** Opens for reading and writing; creates the file if it is not there. */
  StoredFile open(String name) throws IOException;

  /**
   * Opens for reading only.
   *
   * @throws java.nio.file.NoSuchFileException if the file is not there
   */
  StoredFile openToRead(String name) throws IOException;

  /** Replaces {@code to} if it is there. */
  void rename(String from, String to) throws IOException;

  /**
   * Removes a file's name.
   *
   * @throws java.nio.file.NoSuchFileException if the file is not there
   */
  void delete(String name) throws IOException;

  /** Makes creations, renames and deletions survive a power cut. */
  void forceDirectory() throws IOException;

  /** Bytes that can still be written. */
  long usableBytes() throws IOException;

  /** One open file. */
  interface StoredFile extends Closeable {
    long size() throws IOException;

    /**
     * Reads {@code target.remaining()} bytes at {@code offset}, fewer only at the end of the file;
     * returns how many.
     */
    int read(ByteBuffer target, long offset) throws IOException;

    /** Writes all of {@code source} at {@code offset}; what lies between the end and it is zero. */
    void write(ByteBuffer source, long offset) throws IOException;

    /** Cuts the file to {@code size}; a shorter file stays as it is. */
    void truncate(long size) throws IOException;

    /**
     * What was written before survives a power cut when this returns. A failure is final: never
     * call it again on this file.
     */
    void force() throws IOException;
  }
}
