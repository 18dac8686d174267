package io.pollux.bench;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/** What an application does over and over: one kind of transaction. */
enum Workload {
  TPCB("tpcb", Workloads::tpcb),
  READ("read", Workloads::read),
  INSERT("insert", Workloads::insert),
  PREDICATE_UPDATE("predicate-update", Workloads::predicateUpdate),
  INSERT_SELECT("insert-select", Workloads::insertSelect),
  LARGE_TRANSACTION("large-transaction", Workloads::largeTransaction),
  LOB("lob", Workloads::lob);

  /** One transaction without its commit. */
  @FunctionalInterface
  interface Work {
    void run(Connection connection, RandomGenerator random) throws SQLException;
  }

  private final String title;

  @SuppressWarnings("ImmutableEnumChecker") // A method reference, which has no state.
  private final Work work;

  Workload(String title, Work work) {
    this.title = title;
    this.work = work;
  }

  String title() {
    return title;
  }

  void run(Connection connection, RandomGenerator random) throws SQLException {
    work.run(connection, random);
  }

  static Workload of(String title) {
    return Arrays.stream(values())
        .filter(workload -> workload.title.equals(title))
        .findFirst()
        .orElseThrow(
            () -> new IllegalArgumentException("no workload '" + title + "': one of " + titles()));
  }

  static List<String> titles() {
    return Arrays.stream(values()).map(Workload::title).toList();
  }
}
