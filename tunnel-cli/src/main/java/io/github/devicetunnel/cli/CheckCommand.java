package io.github.devicetunnel.cli;

import io.github.devicetunnel.CloseReason;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelException;
import io.github.devicetunnel.TunnelStream;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.Callable;
import okhttp3.OkHttpClient;
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
final class CheckCommand implements Callable<Integer> {
  private static final Duration PING_INTERVAL = Duration.ofMillis(100);
  private static final Duration MAX_PING_TIME = Duration.ofSeconds(2);

  private final Environment environment;
  private final Console console;

  @Mixin private final ListenOptions listen = new ListenOptions("127.0.0.1:0");

  @Mixin private final CloudOptions cloud = new CloudOptions();

  @Mixin private final OutputOptions output = new OutputOptions();

  CheckCommand(Environment environment, Console console) {
    this.environment = environment;
    this.console = console;
  }

  @Override
  public Integer call() {
    CheckReport report = report();
    int exitCode;
    try (TunnelClient client = settings(report)) {
      exitCode = checkCredential(client, report);
      if (exitCode == ExitCode.OK) {
        exitCode = checkDial(client, report);
      }
    }
    report.end(exitCode);
    return exitCode;
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
      TunnelClient client = listen.firstClient(cloud, environment, console);
      report.step(
          CheckStep.ok(
              "settings",
              null,
              client.cloudUri() + " -> " + client.deviceId() + "/" + client.serviceAddress()));
      return client;
    } catch (CommandFailure e) {
      report.step(CheckStep.failed("settings", null, e.getMessage(), null));
      report.end(e.exitCode());
      throw e;
    }
  }

  private static int checkCredential(TunnelClient client, CheckReport report) {
    long startedAt = System.nanoTime();
    try {
      client.checkCredentials();
    } catch (IOException e) {
      report.step(
          CheckStep.failed(
              "credential",
              since(startedAt),
              String.valueOf(e.getMessage()),
              "request a new token for this device and service"));
      return CloudFailure.exitCode(e);
    }
    report.step(CheckStep.ok("credential", since(startedAt), "available, not expired"));
    return ExitCode.OK;
  }

  private static int checkDial(TunnelClient plain, CheckReport report) {
    DialRecord record = new DialRecord();
    OkHttpClient http = new OkHttpClient.Builder().eventListener(record.okHttpEvents()).build();
    try (TunnelClient client =
        plain
            .newBuilder()
            .okHttpClient(http)
            .addEventListener(record)
            .pingInterval(PING_INTERVAL)
            .build()) {
      DialSteps steps = new DialSteps(client, record);
      try (TunnelStream stream = client.open()) {
        steps.all().forEach(report::step);
        return checkPing(stream, report);
      } catch (IOException e) {
        steps.until(e).forEach(report::step);
        return CloudFailure.exitCode(e);
      }
    } finally {
      http.connectionPool().evictAll();
      http.dispatcher().executorService().shutdown();
    }
  }

  /**
   * Waits for the answer to a ping. Also detects an absent service, whose tunnel ends at about the
   * same time. See {@code docs/rationale/command-line.md}.
   */
  private static int checkPing(TunnelStream stream, CheckReport report) throws IOException {
    stream.setReadTimeout(PING_INTERVAL);
    byte[] buffer = new byte[4096];
    long startedAt = System.nanoTime();
    boolean open = true;
    while (open
        && stream.stats().roundTrip() == null
        && since(startedAt).compareTo(MAX_PING_TIME) < 0) {
      try {
        open = stream.inputStream().read(buffer) >= 0;
      } catch (SocketTimeoutException e) {
        // Expected: most services wait for the client to send first.
      } catch (TunnelException e) {
        open = false;
      }
    }
    if (!open) {
      stream.close();
      return checkEnd(stream.whenClosed().toCompletableFuture().join(), report);
    }
    Duration roundTrip = stream.stats().roundTrip();
    report.step(
        roundTrip == null
            ? CheckStep.skipped(
                "ping", "no answer within " + MAX_PING_TIME.toSeconds() + " s; the tunnel is open")
            : CheckStep.ok("ping", roundTrip, "round trip to the cloud"));
    return ExitCode.OK;
  }

  private static int checkEnd(CloseReason reason, CheckReport report) {
    if (!reason.isOrderly()) {
      report.step(CheckStep.failed("service", reason.duration(), reason.message(), null));
      return ExitCode.OTHER_ANSWER;
    }
    if (reason.bytesDown() > 0) {
      report.step(
          CheckStep.ok(
              "service",
              reason.duration(),
              "the service sent " + reason.bytesDown() + " bytes and closed the connection"));
      return ExitCode.OK;
    }
    report.step(
        CheckStep.failed(
            "service",
            reason.duration(),
            reason.message(),
            "check on the gateway that the service is running and listens on this address"));
    return ExitCode.NOT_FOUND;
  }

  private static Duration since(long startedAt) {
    return Duration.ofNanos(System.nanoTime() - startedAt);
  }
}
