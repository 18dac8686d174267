package io.pollux.engine;

final class HsqldbLocksTest extends HsqldbFactsTest {
  @Override
  String model() {
    return "locks";
  }
}
