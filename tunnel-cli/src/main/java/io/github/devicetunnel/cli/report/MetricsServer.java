package io.github.devicetunnel.cli.report;

import com.sun.net.httpserver.HttpServer;
import io.github.devicetunnel.cli.console.Console;
import io.github.devicetunnel.cli.failure.CommandFailure;
import io.github.devicetunnel.cli.failure.ExitCode;
import io.github.devicetunnel.cli.listen.ListenAddress;
import io.github.devicetunnel.cli.listen.ListenFailure;
import io.github.devicetunnel.cli.listen.Reporter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** An HTTP server for metrics, health checks and the status page. */
public final class MetricsServer implements Reporter {
  public static final String OPTION = "--metrics-listen";

  private static final int OK = 200;
  private static final int UNAVAILABLE = 503;

  private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

  private final InetSocketAddress address;
  private final StatusPage page;
  private final PrometheusMeterRegistry registry;
  private final Console console;

  private @Nullable HttpServer server;
  private @Nullable ExchangeThreads threads;
  private volatile BooleanSupplier accepting = () -> true;
  private volatile Phase phase = Phase.STARTING;

  public MetricsServer(
      InetSocketAddress address,
      Activity activity,
      PrometheusMeterRegistry registry,
      Console console) {
    this.address = address;
    this.page = new StatusPage(activity, () -> phase, console);
    this.registry = registry;
    this.console = console;
  }

  /**
   * Returns a registry whose dial histogram has enough buckets to show a slow network or gateway.
   */
  public static PrometheusMeterRegistry registry() {
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    registry.config().meterFilter(new DialBuckets());
    return registry;
  }

  /**
   * Binds the address and serves requests.
   *
   * @throws CommandFailure with {@link ExitCode#CANNOT_LISTEN} if the address cannot be bound
   */
  @Override
  public void start() {
    // The JDK's server reads these properties once. They set TCP_NODELAY and limit the time to send
    // a request and to read the response, in seconds.
    System.setProperty("sun.net.httpserver.nodelay", "true");
    System.setProperty("sun.net.httpserver.maxReqTime", "10");
    System.setProperty("sun.net.httpserver.maxRspTime", "30");
    HttpServer http;
    try {
      http = HttpServer.create(address, 0);
    } catch (IOException | UnresolvedAddressException e) {
      throw ListenFailure.of(address, OPTION, e);
    }
    server = http;
    ExchangeThreads exchanges = new ExchangeThreads(System::nanoTime);
    threads = exchanges;
    http.setExecutor(exchanges);
    InetSocketAddress bound = http.getAddress();
    HttpAnswers answers = new HttpAnswers(new HostCheck(bound, address.getHostString()));
    answers.add("/metrics", PROMETHEUS, () -> utf8(registry.scrape()));
    addHealth(answers, "/healthz", () -> OK, () -> "alive");
    addHealth(answers, "/readyz", () -> phase.status(), () -> phase.word());
    page.addTo(answers);
    http.createContext("/", answers);
    http.start();
    if (bound.getAddress().isAnyLocalAddress()) {
      console.warn(
          OPTION
              + ": the status page is available on all interfaces; to restrict access, use"
              + " 127.0.0.1 or the address of one interface");
    }
    console.status("Metrics and status page on http://" + ListenAddress.text(bound) + "/");
  }

  /** Returns whether a listener has failed, which only a restart of the program can repair. */
  private boolean isDeaf() {
    return phase == Phase.READY && !accepting.getAsBoolean();
  }

  private void addHealth(
      HttpAnswers answers, String path, IntSupplier status, Supplier<String> word) {
    answers.add(
        path,
        HttpAnswers.TEXT,
        () -> isDeaf() ? UNAVAILABLE : status.getAsInt(),
        () -> utf8((isDeaf() ? "a listener has failed; restart the program" : word.get()) + "\n"));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void ready(BooleanSupplier accepting) {
    this.accepting = accepting;
    phase = Phase.READY;
  }

  @Override
  public void stopping() {
    phase = Phase.DRAINING;
  }

  @Override
  public void close() {
    if (server != null) {
      server.stop(0);
    }
    if (threads != null) {
      threads.close();
    }
  }
}
