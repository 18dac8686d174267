package io.pollux.node;

import io.pollux.codec.CodecException;
import io.pollux.codec.Encoded;
import io.pollux.codec.RecordCodec;
import io.pollux.commit.CommitOrder;
import io.pollux.commit.Receipts;
import io.pollux.core.LogRecord;
import io.pollux.core.Position;
import io.pollux.core.Stamp;
import io.pollux.engine.Dialect;
import io.pollux.env.EventLoop;
import io.pollux.verify.ActiveNode;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/** This node while it reigns, for those who compare its rows with the backup's. */
final class ReigningNode implements ActiveNode {
  private final RecordCodec codec = new RecordCodec();
  private final Parts parts;
  private final Executor worker;
  private final Supplier<Optional<CommitOrder>> order;

  /**
   * @param order of the reign; any thread may ask
   */
  ReigningNode(Parts parts, Executor worker, Supplier<Optional<CommitOrder>> order) {
    this.parts = Objects.requireNonNull(parts, "parts");
    this.worker = Objects.requireNonNull(worker, "worker");
    this.order = Objects.requireNonNull(order, "order");
  }

  @Override
  public String id() {
    return parts.config.id();
  }

  @Override
  public EventLoop loop() {
    return parts.loop;
  }

  @Override
  public Executor worker() {
    return worker;
  }

  @Override
  public Dialect dialect() {
    return parts.database.dialect();
  }

  @Override
  public Connection connect() throws SQLException {
    return parts.database.connect();
  }

  @Override
  public boolean isFollowed() {
    return order.get().isPresent() && parts.receipts.isFollowing();
  }

  @Override
  public Position end() {
    return parts.journal.end();
  }

  @Override
  public Position applied() {
    return parts.receipts.confirmed(Receipts.Level.APPLIED);
  }

  @Override
  public void log(Function<Stamp, LogRecord> record, Consumer<Position> appended)
      throws SQLException {
    CommitOrder reign =
        order.get().orElseThrow(() -> new SQLException("this node is not active", "25006"));
    Stamp stamp = reign.open();
    boolean told = false;
    try {
      LogRecord said = record.apply(stamp);
      Encoded encoded = new Encoded(said, codec.encode(said));
      told = true;
      reign.decided(stamp, encoded, appended);
    } catch (CodecException e) {
      throw new SQLException("what was read can't be logged: " + e.getMessage(), "54000", e);
    } finally {
      if (!told) {
        reign.nothing(stamp);
      }
    }
  }

  @Override
  public boolean holdStill(Duration longest, Work work) throws SQLException {
    return parts.gate.holdStill(longest, work::run);
  }
}
