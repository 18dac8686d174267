package io.pollux.samples;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Locale;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.quartz.DisallowConcurrentExecution;
import org.quartz.Job;
import org.quartz.JobBuilder;
import org.quartz.JobDataMap;
import org.quartz.JobDetail;
import org.quartz.JobExecutionContext;
import org.quartz.JobExecutionException;
import org.quartz.JobKey;
import org.quartz.PersistJobDataAfterExecution;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.TriggerBuilder;
import org.quartz.impl.StdSchedulerFactory;
import org.quartz.listeners.JobListenerSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * A job scheduler, unchanged but for its JDBC URL: Quartz on its JDBC job store runs one-shot jobs,
 * each of which counts its runs in the store. Started again, on the same database or on the
 * backup's, it finishes what is left. Exit 0 when every job has run.
 */
@Command(
    name = "quartz-jobs",
    mixinStandardHelpOptions = true,
    description = "Runs jobs of a Quartz scheduler that is kept in the database.")
public final class QuartzJobs implements Callable<Integer> {
  private static final String GROUP = "samples";
  private static final String RUNS = "runs";
  private static final Duration REPORT_EVERY = Duration.ofSeconds(1);

  @Parameters(index = "0", paramLabel = "URL", description = "JDBC URL")
  private String url;

  @Option(names = "--user", description = "user of the database")
  private String user;

  @Option(names = "--password", description = "password of that user")
  private String password;

  @Option(names = "--jobs", defaultValue = "300", description = "default: ${DEFAULT-VALUE}")
  private int jobs;

  @Option(names = "--threads", defaultValue = "4", description = "default: ${DEFAULT-VALUE}")
  private int threads;

  @Option(
      names = "--spread-millis",
      defaultValue = "3000",
      description = "time over which the jobs fall due, default: ${DEFAULT-VALUE}")
  private int spreadMillis;

  @Option(
      names = "--timeout-seconds",
      defaultValue = "120",
      description = "default: ${DEFAULT-VALUE}")
  private int timeoutSeconds;

  /** Adds one to its own count, which Quartz keeps in the store. */
  @PersistJobDataAfterExecution
  @DisallowConcurrentExecution
  public static final class CountingJob implements Job {
    @Override
    public void execute(JobExecutionContext context) {
      JobDataMap data = context.getJobDetail().getJobDataMap();
      data.putAsString(RUNS, data.getIntFromString(RUNS) + 1);
    }
  }

  /** Wakes the program when a job has ended. */
  private static final class Ended extends JobListenerSupport {
    private final Semaphore jobs = new Semaphore(0);

    @Override
    public String getName() {
      return "ended";
    }

    @Override
    public void jobWasExecuted(JobExecutionContext context, JobExecutionException exception) {
      jobs.release();
    }

    /** Returns once so many jobs have ended, or after a while. */
    void await(int count) throws InterruptedException {
      if (jobs.tryAcquire(count, REPORT_EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
        jobs.drainPermits();
      }
    }
  }

  /** Jobs that ran at least once, and how often all of them ran. */
  private record Progress(int done, int runs) {}

  public static void main(String[] arguments) {
    System.exit(Program.of(new QuartzJobs()).execute(arguments));
  }

  @Override
  public Integer call() throws SQLException, IOException, SchedulerException, InterruptedException {
    String product = QuartzStore.createTables(url, user, password);
    Scheduler scheduler = new StdSchedulerFactory(properties(product)).getScheduler();
    try {
      Ended ended = new Ended();
      scheduler.getListenerManager().addJobListener(ended);
      schedule(scheduler);
      scheduler.start();
      return await(scheduler, ended) ? 0 : 1;
    } finally {
      scheduler.shutdown(true);
    }
  }

  private Properties properties(String product) {
    Properties properties = new Properties();
    properties.setProperty("org.quartz.scheduler.instanceName", "samples");
    properties.setProperty("org.quartz.scheduler.skipUpdateCheck", "true");
    properties.setProperty("org.quartz.threadPool.class", "org.quartz.simpl.SimpleThreadPool");
    properties.setProperty("org.quartz.threadPool.threadCount", Integer.toString(threads));
    properties.setProperty("org.quartz.jobStore.class", "org.quartz.impl.jdbcjobstore.JobStoreTX");
    properties.setProperty(
        "org.quartz.jobStore.driverDelegateClass", QuartzStore.delegate(product));
    properties.setProperty("org.quartz.jobStore.useProperties", "true");
    properties.setProperty("org.quartz.jobStore.dataSource", "store");
    String source = "org.quartz.dataSource.store.";
    properties.setProperty(
        source + "connectionProvider.class", QuartzStore.Connections.class.getName());
    properties.setProperty(source + "url", url);
    if (user != null) {
      properties.setProperty(source + "user", user);
      properties.setProperty(source + "password", password == null ? "" : password);
    }
    return properties;
  }

  /** Only jobs that are not in the store yet: the others are left from an earlier start. */
  private void schedule(Scheduler scheduler) throws SchedulerException {
    Instant start = Instant.now();
    int added = 0;
    for (int i = 0; i < jobs; i++) {
      if (!scheduler.checkExists(key(i))) {
        JobDetail job =
            JobBuilder.newJob(CountingJob.class)
                .withIdentity(key(i))
                .usingJobData(RUNS, "0")
                .storeDurably()
                .requestRecovery()
                .build();
        Date due = Date.from(start.plusMillis((long) i * spreadMillis / jobs));
        scheduler.scheduleJob(
            job, TriggerBuilder.newTrigger().withIdentity("once-" + i, GROUP).startAt(due).build());
        added++;
      }
    }
    System.out.printf(
        Locale.ROOT, "quartz: %d jobs scheduled, %d found in the store%n", added, jobs - added);
  }

  private boolean await(Scheduler scheduler, Ended ended)
      throws SchedulerException, InterruptedException {
    long deadline = System.nanoTime() + Duration.ofSeconds(timeoutSeconds).toNanos();
    while (true) {
      Progress progress = progress(scheduler);
      System.out.printf(
          Locale.ROOT,
          "quartz: %d of %d jobs done, %d runs%n",
          progress.done(),
          jobs,
          progress.runs());
      if (progress.done() == jobs || System.nanoTime() - deadline >= 0) {
        return progress.done() == jobs;
      }
      ended.await(jobs - progress.done());
    }
  }

  /** What the store says: it is what a restart would find. */
  private Progress progress(Scheduler scheduler) throws SchedulerException {
    int done = 0;
    int runs = 0;
    for (int i = 0; i < jobs; i++) {
      int count = scheduler.getJobDetail(key(i)).getJobDataMap().getIntFromString(RUNS);
      done += count > 0 ? 1 : 0;
      runs += count;
    }
    return new Progress(done, runs);
  }

  private static JobKey key(int number) {
    return new JobKey("job-" + number, GROUP);
  }
}
