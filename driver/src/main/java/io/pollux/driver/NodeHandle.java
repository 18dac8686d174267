package io.pollux.driver;

import io.pollux.sql.Classifier;
import io.pollux.sql.PlanCache;

/** A running node and what the driver keeps for all of its connections. */
record NodeHandle(RunningNode node, Classifier classifier, PlanCache plans, SpentGenerators spent) {
  static NodeHandle of(RunningNode node) {
    return new NodeHandle(
        node, new Classifier(node.dialect().facts()), new PlanCache(), new SpentGenerators());
  }
}
