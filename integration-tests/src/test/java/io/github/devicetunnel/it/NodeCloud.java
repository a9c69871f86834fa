package io.github.devicetunnel.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A cloud whose websockets are those of the npm package ws, in a process of its own. It checks no
 * keys. Needs {@code npm ci} in {@code src/test/node}: see {@link Externals}.
 */
final class NodeCloud extends Cloud {
  private static final Path FOLDER =
      Path.of(System.getProperty("basedir", "."), "src", "test", "node").toAbsolutePath();

  private final Process process;
  private final int port;

  private NodeCloud(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  static NodeCloud started() throws IOException {
    Externals.need(
        Files.isDirectory(FOLDER.resolve("node_modules/ws")), "no npm ci was done in " + FOLDER);
    Process process = launch();
    try {
      return new NodeCloud(process, port(process));
    } catch (IOException | RuntimeException | Error e) {
      process.destroyForcibly();
      throw e;
    }
  }

  private static Process launch() throws IOException {
    ProcessBuilder builder = new ProcessBuilder("node", "cloud.mjs").directory(FOLDER.toFile());
    builder.redirectError(ProcessBuilder.Redirect.INHERIT);
    try {
      return builder.start();
    } catch (IOException e) {
      Externals.need(false, "node cannot be run: " + e.getMessage());
      throw e;
    }
  }

  /** The first line that it prints is its port. */
  private static int port(Process process) throws IOException {
    CompletableFuture<String> line =
        CompletableFuture.supplyAsync(() -> firstLine(process), task -> daemon(task).start());
    try {
      return Integer.parseInt(line.get(Await.LONG.toMillis(), TimeUnit.MILLISECONDS));
    } catch (ExecutionException | TimeoutException | NumberFormatException e) {
      throw new IOException("cloud.mjs does not say its port", e);
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
  String uri() {
    return "ws://127.0.0.1:" + port;
  }

  /** The end of its standard input is its sign to stop, so it dies with this JVM, too. */
  @Override
  public void close() {
    try {
      process.getOutputStream().close();
      if (!process.waitFor(Await.LONG.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
        throw new AssertionError("cloud.mjs does not end");
      }
      process.getInputStream().close();
    } catch (IOException e) {
      throw new AssertionError("cloud.mjs cannot be stopped", e);
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
