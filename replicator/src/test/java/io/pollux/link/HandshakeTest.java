package io.pollux.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pollux.codec.wire.Hello;
import io.pollux.codec.wire.Refusal;
import io.pollux.core.PolluxException.Reason;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class HandshakeTest {
  private static Hello hello(String node, String role) {
    return Hello.newBuilder()
        .setProtocol(Handshake.PROTOCOL)
        .setGroup("g")
        .setNode(node)
        .setName("name of " + node)
        .setRole(role)
        .setEngine("derby")
        .setEngineVersion("10.16.1.1 - (1901046)")
        .setIncarnation("i")
        .putSettings("time zone", "Z")
        .build();
  }

  private static Arguments different(Reason reason, String says, Consumer<Hello.Builder> what) {
    Hello.Builder theirs = hello("b", "BACKUP").toBuilder();
    what.accept(theirs);
    return Arguments.of(reason, says, theirs.build());
  }

  static Stream<Arguments> refused() {
    return Stream.of(
        different(Reason.PEER_INCOMPATIBLE, "speaks protocol 2", b -> b.setProtocol(2)),
        different(Reason.PEER_FOREIGN, "belongs to group h", b -> b.setGroup("h")),
        different(Reason.PEER_FOREIGN, "its directory is a copy", b -> b.setNode("a")),
        different(Reason.PEER_INCOMPATIBLE, "set up as MASTER", b -> b.setRole("MASTER")),
        different(Reason.PEER_INCOMPATIBLE, "runs on h2", b -> b.setEngine("h2")),
        different(Reason.PEER_INCOMPATIBLE, "major version", b -> b.setEngineVersion("9.1")),
        different(Reason.PEER_FOREIGN, "is not a copy", b -> b.setIncarnation("j")),
        different(
            Reason.PEER_INCOMPATIBLE,
            "has time zone Europe/Berlin, this node Z",
            b -> b.putSettings("time zone", "Europe/Berlin")),
        different(
            Reason.PEER_INCOMPATIBLE,
            "has collation de, this node none",
            b -> b.putSettings("collation", "de")));
  }

  @ParameterizedTest
  @MethodSource("refused")
  void aPeerWhoseDatabaseCouldDifferIsRefused(Reason reason, String says, Hello theirs) {
    Refusal refusal = Handshake.judge(hello("a", "MASTER"), theirs).orElseThrow();
    assertEquals(reason.name(), refusal.getReason());
    assertTrue(refusal.getText().contains(says), refusal.getText());
  }

  @Test
  void aBackupOfTheSameKindIsGreeted() {
    Hello own = hello("a", "MASTER");
    Hello other = hello("b", "BACKUP").toBuilder().setEngineVersion("10.17").build();
    assertEquals(Optional.empty(), Handshake.judge(own, other));
    Hello empty = other.toBuilder().setIncarnation("").build();
    assertEquals(Optional.empty(), Handshake.judge(own, empty));
  }
}
