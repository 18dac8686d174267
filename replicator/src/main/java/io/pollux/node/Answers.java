package io.pollux.node;

import io.pollux.apply.Target;
import io.pollux.codec.CodecException;
import io.pollux.codec.RecordCodec;
import io.pollux.codec.wire.Difference;
import io.pollux.codec.wire.DigestResult;
import io.pollux.codec.wire.LinkFrame;
import io.pollux.codec.wire.TableRef;
import io.pollux.core.Position;
import io.pollux.core.TableName;
import io.pollux.link.Link;
import java.util.Objects;
import java.util.Optional;

/** Tells the active node what became of its digests and repairs here. On the loop. */
final class Answers {
  private final NodeConfig.Repairing repairing;

  Answers(NodeConfig.Repairing repairing) {
    this.repairing = Objects.requireNonNull(repairing, "repairing");
  }

  boolean wantsRepair() {
    return repairing == NodeConfig.Repairing.AUTO;
  }

  void answer(Optional<Link> link, Position position, TableName table, Target.Verdict verdict) {
    DigestResult.Builder result =
        DigestResult.newBuilder()
            .setPosition(position.index())
            .setTable(TableRef.newBuilder().setSchema(table.schema()).setName(table.name()))
            .setEqual(verdict.equal())
            .setRows(verdict.rows())
            .setDetail(verdict.detail())
            .setMore(verdict.more())
            .setRepair(wantsRepair());
    for (Target.Difference difference : verdict.differences()) {
      try {
        result.addDifferences(wire(difference));
      } catch (CodecException e) {
        result.setMore(true).setDetail(verdict.detail() + "; not shown: " + e.getMessage());
      }
    }
    link.ifPresent(open -> open.send(LinkFrame.newBuilder().setDigestResult(result)));
  }

  private static Difference wire(Target.Difference difference) throws CodecException {
    Difference.Builder wire = Difference.newBuilder().setKey(RecordCodec.row(difference.key()));
    if (difference.here().isPresent()) {
      wire.setHere(RecordCodec.row(difference.here().orElseThrow()));
    }
    return wire.build();
  }
}
