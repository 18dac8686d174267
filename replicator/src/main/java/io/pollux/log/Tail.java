package io.pollux.log;

import io.pollux.core.LogEntry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The last records in memory: all that are not written yet, and before them up to a bound. */
final class Tail {
  private final long maxBytes;
  private final Map<Long, LogEntry> entries = new HashMap<>();
  private long low;
  private long high;
  private long bytes;

  /** Empty, to be continued after {@code head}. */
  Tail(long maxBytes, long head) {
    this.maxBytes = maxBytes;
    low = head + 1;
    high = head;
  }

  void add(LogEntry entry) {
    high = entry.position().index();
    entries.put(high, entry);
    bytes += Frame.bytes(entry);
  }

  /** Forgets the oldest of the written ones beyond the bound. */
  void evict(long written) {
    while (bytes > maxBytes && low <= written) {
      bytes -= Frame.bytes(entries.remove(low));
      low++;
    }
  }

  /** Forgets what comes after {@code position}. */
  void cutAfter(long position) {
    while (high > position && high >= low) {
      bytes -= Frame.bytes(entries.remove(high));
      high--;
    }
    if (high < low) {
      low = position + 1;
      high = position;
    }
  }

  boolean contains(long position) {
    return position >= low && position <= high;
  }

  LogEntry get(long position) {
    return entries.get(position);
  }

  /** From {@code from}, which it contains, at least one. */
  List<LogEntry> read(long from, int maxRecords, long maxBodyBytes) {
    List<LogEntry> result = new ArrayList<>();
    long left = maxBodyBytes;
    for (long at = from; at <= high && result.size() < maxRecords; at++) {
      LogEntry entry = entries.get(at);
      left -= entry.body().value().length;
      if (left < 0 && !result.isEmpty()) {
        break;
      }
      result.add(entry);
    }
    return result;
  }
}
