package io.pollux.engine;

import io.pollux.sql.Bound;
import io.pollux.sql.CapturePlan;
import java.util.List;
import java.util.stream.Stream;

/** All statements of a plan. */
final class PlanBounds implements CapturePlan.Handler<Stream<Bound>, RuntimeException> {
  static List<Bound> of(CapturePlan plan) {
    return plan.accept(new PlanBounds()).distinct().toList();
  }

  @Override
  public Stream<Bound> pass(CapturePlan.Pass plan) {
    return Stream.empty();
  }

  @Override
  public Stream<Bound> closed(CapturePlan.Closed plan) {
    return Stream.of(plan.local(), plan.logged());
  }

  @Override
  public Stream<Bound> locked(CapturePlan.Locked plan) {
    return Stream.concat(Stream.of(new Bound(plan.lock(), List.of())), closed(plan.statement()));
  }

  @Override
  public Stream<Bound> split(CapturePlan.Split plan) {
    return plan.parts().stream().flatMap(this::closed);
  }

  @Override
  public Stream<Bound> eachKey(CapturePlan.EachKey plan) {
    return Stream.concat(
        plan.hold().stream(), Stream.of(plan.selectKeys(), plan.each(), plan.logged()));
  }

  @Override
  public Stream<Bound> images(CapturePlan.Images plan) {
    return Stream.of(plan.selectKeys(), plan.local(), plan.selectImage());
  }

  @Override
  public Stream<Bound> insertSelect(CapturePlan.InsertSelect plan) {
    return Stream.concat(Stream.of(plan.query()), closed(plan.insert()));
  }

  @Override
  public Stream<Bound> merge(CapturePlan.Merge plan) {
    return Stream.of(plan.local());
  }

  @Override
  public Stream<Bound> returning(CapturePlan.Returning plan) {
    return Stream.of(plan.whole(plan.shown().sql()), plan.logged());
  }

  @Override
  public Stream<Bound> sequence(CapturePlan.Sequence plan) {
    return Stream.empty();
  }

  @Override
  public Stream<Bound> ddl(CapturePlan.Ddl plan) {
    return Stream.empty();
  }

  @Override
  public Stream<Bound> session(CapturePlan.Session plan) {
    return Stream.empty();
  }

  @Override
  public Stream<Bound> control(CapturePlan.Control plan) {
    return Stream.empty();
  }

  @Override
  public Stream<Bound> script(CapturePlan.Script plan) {
    return Stream.empty();
  }

  @Override
  public Stream<Bound> refuse(CapturePlan.Refuse plan) {
    return Stream.empty();
  }
}
