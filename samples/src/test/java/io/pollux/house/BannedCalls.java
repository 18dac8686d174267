package io.pollux.house;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Calls that break determinism, hide output or depend on the machine, each with what to use. */
final class BannedCalls {
  private record Ban(Where where, Pattern call, String instead) {}

  /** Where a ban holds. */
  private enum Where {
    EVERYWHERE,
    BEHIND_DOORS,
    PRODUCT,
    PRODUCT_WITHOUT_COMMANDS;

    boolean has(Source source) {
      boolean product = source.isProduct() && !isDoor(source);
      return switch (this) {
        case EVERYWHERE -> true;
        case BEHIND_DOORS -> !isDoor(source);
        case PRODUCT -> product;
        case PRODUCT_WITHOUT_COMMANDS -> product && !source.room().equals("proxy");
      };
    }
  }

  private static final List<Ban> BANS =
      List.of(
          ban(Where.PRODUCT, "System[.:]+(nanoTime|currentTimeMillis)\\b", "env.Clock.nanos()"),
          ban(
              Where.PRODUCT,
              "\\b(Instant|Local(Date|Time|DateTime)|(Offset|Zoned)DateTime|OffsetTime|Year)[.:]+now\\b"
                  + "|\\bnew (java\\.util\\.)?Date\\(\\)|\\bClock[.:]+(system|tick)",
              "env.Clock.now()"),
          ban(
              Where.BEHIND_DOORS,
              "\\bThread[.:]+(sleep|onSpinWait)\\b|\\bTimeUnit\\.\\w+[.:]+sleep\\b|\\bLockSupport[.:]+parkNanos\\b",
              "env.EventLoop.schedule(), a condition with a deadline; in a test Awaitility or a latch"),
          ban(
              Where.PRODUCT,
              "\\bnew (Splittable)?Random\\b|\\bThreadLocalRandom\\b|\\bMath[.:]+random\\b|\\bUUID[.:]+randomUUID\\b",
              "an injected RandomGenerator, or SecureRandom for secrets"),
          ban(
              Where.PRODUCT_WITHOUT_COMMANDS,
              "\\bSystem[.:]+(out|err|in)\\b|\\.printStackTrace\\(",
              "System.Logger; only the command line prints"),
          ban(
              Where.EVERYWHERE,
              "\\.getBytes\\(\\s*\\)|\\bnew File(Reader|Writer)\\([^,()]*\\)|\\bCharset[.:]+defaultCharset\\b"
                  + "|\\bnew (InputStreamReader|OutputStreamWriter|PrintStream)\\([^,()]*(\\([^()]*\\))?[^,()]*\\)",
              "StandardCharsets.UTF_8 as an argument"),
          ban(
              Where.EVERYWHERE,
              "\\bnew UnsupportedOperationException\\b",
              "SQLFeatureNotSupportedException, or leave it out"),
          ban(Where.EVERYWHERE, "@Disabled\\b", "a test that runs"));

  private BannedCalls() {}

  static List<Finding> check(Source source) {
    List<Finding> findings = new ArrayList<>();
    String code = source.code();
    for (Ban ban : BANS) {
      if (ban.where().has(source)) {
        Matcher call = ban.call().matcher(code);
        while (call.find()) {
          findings.add(
              new Finding(
                  "banned call",
                  source.path(),
                  "line "
                      + source.line(call.start())
                      + ": "
                      + call.group()
                      + ": use "
                      + ban.instead()));
        }
      }
    }
    return findings;
  }

  /** The adapters of {@code io.pollux.env} that lead to the real clock, threads and files. */
  private static boolean isDoor(Source source) {
    return source.path().matches(".*/src/main/java/io/pollux/env/System\\w*\\.java");
  }

  private static Ban ban(Where where, String call, String instead) {
    return new Ban(where, Pattern.compile(call), instead);
  }
}
