package io.github.devicetunnel.it.support;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.devicetunnel.TunnelClient;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * A cloud in a separate process, with the websockets of the npm package ws. It accepts every
 * credential. Requires {@code npm ci} in {@code src/test/node}: see {@link Externals}.
 */
public final class NodeCloud extends Cloud {
  private static final Path FOLDER =
      Path.of(System.getProperty("basedir", "."), "src", "test", "node").toAbsolutePath();

  private final TestProcess process;
  private final int port;
  private final boolean tls;

  private NodeCloud(TestProcess process, int port, boolean tls) {
    this.process = process;
    this.port = port;
    this.tls = tls;
  }

  /**
   * Starts a cloud without TLS.
   *
   * @param subprotocols a client must offer one of them; empty to accept every client
   */
  public static NodeCloud started(String... subprotocols) throws IOException {
    return started(false, subprotocols);
  }

  /** Starts a cloud that ends each tunnel with a FIN and without a close frame. */
  static NodeCloud startedBare() throws IOException {
    return started(false, "--bare");
  }

  /** Same as {@link #startedBare}, over TLS and after {@code close_notify}. */
  static NodeCloud startedBareWithTls() throws IOException {
    return started(true, "--bare");
  }

  private static NodeCloud started(boolean tls, String... arguments) throws IOException {
    Externals.need(
        Files.isDirectory(FOLDER.resolve("node_modules/ws")), "npm ci has not run in " + FOLDER);
    TestProcess process = launch(tls, arguments);
    try {
      return new NodeCloud(process, port(process), tls);
    } catch (IOException | RuntimeException | Error e) {
      process.end();
      throw e;
    }
  }

  private static TestProcess launch(boolean tls, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of("node", "cloud.mjs"));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).directory(FOLDER.toFile());
    if (tls) {
      builder.environment().put("TLS_KEY", TestingCloud.privateKey());
      builder.environment().put("TLS_CERTIFICATE", TestingCloud.certificate());
    }
    try {
      return TestProcess.start(builder);
    } catch (IOException e) {
      Externals.need(false, "node cannot be run: " + e.getMessage());
      throw e;
    }
  }

  /** Reads the port, which is the first line that the process prints. */
  private static int port(Process process) throws IOException {
    CompletableFuture<String> line =
        CompletableFuture.supplyAsync(() -> firstLine(process), task -> daemon(task).start());
    try {
      return Integer.parseInt(Await.get(line));
    } catch (ExecutionException | NumberFormatException e) {
      throw new IOException("cloud.mjs did not print its port", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "test-node-port");
    thread.setDaemon(true);
    return thread;
  }

  private static String firstLine(Process process) {
    try {
      return new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8)).readLine();
    } catch (IOException e) {
      return "";
    }
  }

  @Override
  public String uri() {
    return tls ? "wss://localhost:" + port : "ws://127.0.0.1:" + port;
  }

  @Override
  public TunnelClient.Builder client(String serviceAddress) {
    TunnelClient.Builder builder = super.client(serviceAddress);
    return tls ? builder.okHttpClient(TestingCloud.trustingClient()) : builder;
  }

  /**
   * Closes standard input, which stops the process. The process therefore also ends with this JVM.
   */
  @Override
  public void close() {
    try {
      process.getOutputStream().close();
      int unused = process.awaitExit();
      process.getInputStream().close();
      process.getErrorStream().close();
    } catch (IOException e) {
      throw new AssertionError("cloud.mjs cannot be stopped", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      process.end();
    }
  }
}
