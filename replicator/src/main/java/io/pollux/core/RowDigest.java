package io.pollux.core;

import java.util.List;
import java.util.Objects;

/**
 * One member of what is compared, and its digest.
 *
 * @param key of a row; or the name of a table or generator, part by part
 */
public record RowDigest(List<SqlValue> key, SqlValue.Bytes digest) {
  public RowDigest {
    key = List.copyOf(key);
    Objects.requireNonNull(digest, "digest");
  }
}
