package io.pollux.house;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Every lock of the product has its place in the one order of docs/locks.md. */
final class LockRules {
  private static final Pattern LOCK =
      Pattern.compile("\\bsynchronized\\b|\\bnew (Reentrant\\w*Lock|StampedLock)\\b");

  private LockRules() {}

  static List<Finding> check(Source source, String locksPage) {
    Matcher lock = LOCK.matcher(source.code());
    String type = source.path().replaceAll(".*/|\\.java$", "");
    if (!source.isProduct() || !lock.find() || locksPage.contains("`" + type)) {
      return List.of();
    }
    return List.of(
        new Finding(
            "lock order",
            source.path(),
            "line "
                + source.line(lock.start())
                + ": give the lock a row in docs/locks.md as `"
                + type
                + "`"));
  }
}
