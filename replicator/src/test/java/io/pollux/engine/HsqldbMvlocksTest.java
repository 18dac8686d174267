package io.pollux.engine;

final class HsqldbMvlocksTest extends HsqldbFactsTest {
  @Override
  String model() {
    return "mvlocks";
  }
}
