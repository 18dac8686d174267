package io.pollux.sql;

import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Plans by statement text, current schema and schema version. Reads take no lock. Bounded by
 * entries and by characters of text: when a bound is passed the cache starts anew, because an
 * application with that many texts writes values into them and would not meet them again. A higher
 * schema version empties it. Any thread.
 */
public final class PlanCache {
  private final int maxEntries;
  private final long maxChars;
  private volatile Generation current = new Generation(Long.MIN_VALUE);

  private record Key(String sql, String schema) {}

  private static final class Generation {
    private final long schemaVersion;
    private final ConcurrentHashMap<Key, CapturePlan> plans = new ConcurrentHashMap<>();
    private final AtomicLong chars = new AtomicLong();

    Generation(long schemaVersion) {
      this.schemaVersion = schemaVersion;
    }
  }

  public PlanCache() {
    this(2_000, 8L << 20);
  }

  PlanCache(int maxEntries, long maxChars) {
    this.maxEntries = maxEntries;
    this.maxChars = maxChars;
  }

  public Optional<CapturePlan> get(String sql, String schema, long schemaVersion) {
    Generation generation = current;
    return generation.schemaVersion == schemaVersion
        ? Optional.ofNullable(generation.plans.get(new Key(sql, schema)))
        : Optional.empty();
  }

  /** Keeps a plan that was made at {@code schemaVersion}; drops it if a newer version was seen. */
  public void put(String sql, String schema, long schemaVersion, CapturePlan plan) {
    Objects.requireNonNull(plan, "plan");
    Generation generation = at(schemaVersion);
    if (generation.schemaVersion != schemaVersion || sql.length() > maxChars) {
      return;
    }
    if (generation.plans.put(new Key(sql, schema), plan) == null
        && (generation.chars.addAndGet(sql.length()) > maxChars
            || generation.plans.mappingCount() > maxEntries)) {
      replace(generation, schemaVersion);
    }
  }

  long size() {
    return current.plans.mappingCount();
  }

  private Generation at(long schemaVersion) {
    Generation generation = current;
    return generation.schemaVersion < schemaVersion
        ? replace(generation, schemaVersion)
        : generation;
  }

  private synchronized Generation replace(Generation seen, long schemaVersion) {
    if (current == seen) {
      current = new Generation(schemaVersion);
    }
    return current;
  }
}
