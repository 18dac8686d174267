package io.pollux.engine;

final class HsqldbMvccTest extends HsqldbFactsTest {
  @Override
  String model() {
    return "mvcc";
  }
}
