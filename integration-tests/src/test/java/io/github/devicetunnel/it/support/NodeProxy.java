package io.github.devicetunnel.it.support;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.devicetunnel.ProxySettings;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import okhttp3.Credentials;

/**
 * An HTTPS proxy in a separate process, with the http module of Node.js. Its certificate is {@link
 * TestingCloud#certificate}, for {@code localhost}.
 */
public final class NodeProxy implements AutoCloseable {
  public static final String USER = "plant";
  public static final String PASSWORD = "5ecret-of-the-proxy";

  private static final Path FOLDER =
      Path.of(System.getProperty("basedir", "."), "src", "test", "node").toAbsolutePath();

  private final TestProcess process;
  private final BufferedReader lines;
  private final int port;

  private NodeProxy(TestProcess process) throws IOException {
    this.process = process;
    this.lines = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
    this.port = Integer.parseInt(nextLine());
  }

  /** Starts a proxy that requires {@link #USER} and {@link #PASSWORD}. */
  public static NodeProxy started() throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(Externals.program("node"), "proxy.mjs").directory(FOLDER.toFile());
    builder.environment().put("TLS_KEY", TestingCloud.privateKey());
    builder.environment().put("TLS_CERTIFICATE", TestingCloud.certificate());
    builder.environment().put("PROXY_AUTHORIZATION", Credentials.basic(USER, PASSWORD, UTF_8));
    TestProcess process = TestProcess.start(builder);
    try {
      return new NodeProxy(process);
    } catch (IOException | RuntimeException | Error e) {
      process.end();
      throw e;
    }
  }

  /** Returns settings without user name and password. */
  public ProxySettings open() {
    return ProxySettings.https("localhost", port);
  }

  public ProxySettings settings() {
    return open().credentials(USER, PASSWORD);
  }

  public int port() {
    return port;
  }

  /** Returns the next request that the proxy received, in JSON. */
  public String nextRequest() throws IOException {
    return nextLine();
  }

  private String nextLine() throws IOException {
    CompletableFuture<String> line = new CompletableFuture<>();
    Thread reader =
        new Thread(
            () -> {
              try {
                line.complete(lines.readLine());
              } catch (IOException | UncheckedIOException e) {
                line.completeExceptionally(e);
              }
            },
            "test-node-proxy");
    reader.setDaemon(true);
    reader.start();
    try {
      return Await.get(line);
    } catch (ExecutionException e) {
      throw new IOException("proxy.mjs does not answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  /**
   * Closes standard input, which stops the process. The process therefore also ends with this JVM.
   */
  @Override
  public void close() throws IOException {
    try {
      process.getOutputStream().close();
      int unused = process.awaitExit();
      lines.close();
      process.getErrorStream().close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      process.end();
    }
  }
}
