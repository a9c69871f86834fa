package io.github.devicetunnel.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.cli.listen.ListenAddress;
import io.github.devicetunnel.cli.process.Environment;
import io.github.devicetunnel.cli.process.Output;
import java.io.ByteArrayInputStream;
import java.net.InetSocketAddress;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Runs the program once in this process, with an environment that the test defines. */
public final class Program implements AutoCloseable {
  public static final String DEVICE = "017b7fddb124724840c1c7b800000000";
  public static final String OTHER_DEVICE = "017b7fddb124724840c1c7b8000000ff";

  private static final Pattern LISTENING =
      Pattern.compile("Listening on (127\\.0\\.0\\.1:\\d+) -> [0-9a-f]{32}/127\\.0\\.0\\.1:80");

  private final Map<String, String> variables = new HashMap<>();
  private final TestSignals stop = new TestSignals();
  private final Lines out = new Lines();
  private final Lines err = new Lines();
  private final CompletableFuture<Integer> exitCode = new CompletableFuture<>();
  private String input = "";

  public Program variable(String name, String value) {
    variables.put(name, value);
    return this;
  }

  public Program input(String text) {
    input = text;
    return this;
  }

  /** Runs the program until it ends. A listener stops as soon as it is open. */
  public Program run(String... args) {
    stop.sendWhenOpen();
    exitCode.complete(call(args));
    return this;
  }

  /** Starts the program, which runs until {@link #stop()}. */
  public Program start(String... args) {
    Thread thread =
        new Thread(
            () -> {
              try {
                exitCode.complete(call(args));
              } catch (Throwable e) {
                exitCode.completeExceptionally(e);
              }
            },
            "program-under-test");
    thread.setDaemon(true);
    thread.start();
    return this;
  }

  private int call(String... args) {
    Environment environment =
        new Environment(
            variables, new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)), stop);
    try (Output output = Output.of(environment, out, err, Charset.defaultCharset(), false)) {
      return Main.run(args, environment, output);
    }
  }

  public Program stop() {
    stop.send();
    return this;
  }

  public Program reload() {
    stop.sendReload();
    return this;
  }

  public int exitCode() {
    Await.until("the end of the program, which wrote: " + err.all(), exitCode::isDone);
    return exitCode.join();
  }

  public String nextLine() throws InterruptedException {
    return out.next();
  }

  /** Reads the next line, which must report a listener, and returns its address. */
  public InetSocketAddress awaitListening() throws InterruptedException {
    Matcher matcher = LISTENING.matcher(nextLine());
    assertThat(matcher).matches();
    return ListenAddress.parsePort(ListenAddress.OPTION, matcher.group(1));
  }

  public String nextErrorLine() throws InterruptedException {
    return err.next();
  }

  public String output() {
    return out.all();
  }

  public String errors() {
    return err.all();
  }

  @Override
  public void close() {
    stop.send();
    int unused = exitCode();
  }
}
