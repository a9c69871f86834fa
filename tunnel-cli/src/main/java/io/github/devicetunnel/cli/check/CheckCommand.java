package io.github.devicetunnel.cli.check;

import static java.util.Objects.requireNonNull;

import io.github.devicetunnel.ProbeReport;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelException;
import io.github.devicetunnel.cli.config.Config;
import io.github.devicetunnel.cli.console.Console;
import io.github.devicetunnel.cli.console.Format;
import io.github.devicetunnel.cli.console.LogLevel;
import io.github.devicetunnel.cli.failure.CloudFailure;
import io.github.devicetunnel.cli.failure.CommandFailure;
import io.github.devicetunnel.cli.failure.ExitCode;
import io.github.devicetunnel.cli.option.CloudOptions;
import io.github.devicetunnel.cli.option.ListenOptions;
import io.github.devicetunnel.cli.option.OutputOptions;
import io.github.devicetunnel.cli.option.Version;
import io.github.devicetunnel.cli.option.WaitOption;
import io.github.devicetunnel.cli.process.Environment;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The {@code check} command, which opens one tunnel and reports each step. */
@Command(
    name = "check",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = {
      "Opens one tunnel and reports each step with its duration: settings, credential, DNS, TCP, "
          + "TLS, upgrade, ping. Suggests a fix for the step that failed.",
      "",
      "Accepts the options of 'tunnel listen', so you can check a failing command unchanged. "
          + "Checks only the first listener, and does not open it."
    },
    synopsisHeading = "Usage: ",
    customSynopsis = "tunnel check [OPTION...]",
    sortOptions = false)
public final class CheckCommand implements Callable<Integer> {
  private static final Duration RETRY_INTERVAL = Duration.ofSeconds(1);

  private final Environment environment;
  private final Config config;
  private final Console console;

  @Mixin private final ListenOptions listen = new ListenOptions("127.0.0.1:0");

  @Mixin private final CloudOptions cloud = new CloudOptions();

  @Mixin private final WaitOption wait = new WaitOption();

  @Mixin private final OutputOptions output = new OutputOptions();

  public CheckCommand(Environment environment, Config config, Console console) {
    this.environment = environment;
    this.config = config;
    this.console = console;
  }

  @Override
  public Integer call() throws InterruptedIOException {
    Duration limit = wait.time();
    CheckReport report = report();
    int exitCode;
    try (TunnelClient client = settings(report)) {
      ProbeReport probe = probe(client, limit);
      ProbeSteps.of(probe, client.proxy().orElse(null)).forEach(report::step);
      exitCode = exitCode(probe);
    }
    report.end(exitCode);
    return exitCode;
  }

  /** Probes the target until it can be reached or the time has passed. */
  private static ProbeReport probe(TunnelClient client, Duration limit)
      throws InterruptedIOException {
    long deadline = System.nanoTime() + TimeUnit.NANOSECONDS.convert(limit);
    while (true) {
      ProbeReport report = client.probe();
      Duration pause = pause(report);
      if (pause == null || pause.toNanos() >= deadline - System.nanoTime()) {
        return report;
      }
      sleep(pause);
    }
  }

  /** Returns the pause before another probe, or null if another probe makes no sense. */
  private static @Nullable Duration pause(ProbeReport report) {
    if (!(report.failure() instanceof TunnelException failure) || !failure.isRetryable()) {
      return null;
    }
    Duration retryAfter = failure.retryAfter();
    return retryAfter == null || retryAfter.compareTo(RETRY_INTERVAL) < 0
        ? RETRY_INTERVAL
        : retryAfter;
  }

  private static void sleep(Duration pause) throws InterruptedIOException {
    try {
      TimeUnit.NANOSECONDS.sleep(pause.toNanos());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while waiting for the device");
    }
  }

  private CheckReport report() {
    return output.format(console, LogLevel.WARN) == Format.JSON
        ? CheckReport.json(console)
        : CheckReport.text(console);
  }

  /**
   * Creates the client and reports invalid settings both as a step and, like every command, as an
   * error.
   */
  private TunnelClient settings(CheckReport report) {
    try {
      TunnelClient client = listen.firstClient(cloud, environment, config, console);
      report.step(
          CheckStep.ok(
              "settings", null, client.cloudUri() + " -> " + client.target().orElseThrow()));
      return client;
    } catch (CommandFailure e) {
      report.step(CheckStep.failed("settings", null, e.getMessage(), null));
      report.end(e.exitCode());
      throw e;
    }
  }

  private static int exitCode(ProbeReport probe) {
    if (probe.failure() != null) {
      return CloudFailure.exitCode(probe.failure());
    }
    if (probe.isReachable()) {
      return ExitCode.OK;
    }
    boolean nothingListens = requireNonNull(probe.closeReason()).isOrderly();
    return nothingListens ? ExitCode.NOT_FOUND : ExitCode.OTHER_ANSWER;
  }
}
