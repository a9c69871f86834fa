package io.github.devicetunnel.it.support;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.IntFunction;

/**
 * A server program on a free port of loopback. It stops when its standard input ends, and therefore
 * also ends with this JVM.
 */
public final class ServerProgram implements AutoCloseable {
  /** Another process may take the port before the server binds it. */
  private static final int MAX_ATTEMPTS = 3;

  /**
   * Runs a command, the arguments after $1, and sends it the signal $1 when standard input ends.
   */
  private static final String UNTIL_END_OF_INPUT =
      """
      signal=$1
      shift
      exec 3<&0
      "$@" 3<&- &
      server=$!
      { read -r line; kill -s "$signal" "$server"; } <&3 &
      watcher=$!
      wait "$server"
      status=$?
      kill "$watcher"
      exit "$status"
      """;

  private final TestProcess process;
  private final int port;
  private final Path log;

  private ServerProgram(TestProcess process, int port, Path log) {
    this.process = process;
    this.port = port;
    this.log = log;
  }

  /**
   * Starts the server, and returns when it accepts connections.
   *
   * @param stopSignal signal that stops the server without waiting for its clients
   * @param ready text that the server then logs; null to probe the port instead
   * @param command returns the command that starts the server on a port
   */
  public static ServerProgram started(
      Path folder, String stopSignal, String ready, IntFunction<List<String>> command)
      throws IOException {
    String failures = "";
    for (int i = 0; i < MAX_ATTEMPTS; i++) {
      int port = freePort();
      ServerProgram server = launch(folder, stopSignal, port, command.apply(port));
      try {
        if (server.isReady(ready)) {
          return server;
        }
      } catch (Await.ExpiredError e) {
        server.process.end();
        throw e;
      }
      server.close();
      failures += ProgramRun.text(server.log);
    }
    throw new AssertionError("the server does not start:\n" + failures);
  }

  private static ServerProgram launch(
      Path folder, String stopSignal, int port, List<String> command) throws IOException {
    Path log = Files.createTempFile(folder, "server", ".log");
    List<String> line = new ArrayList<>(List.of("sh", "-c", UNTIL_END_OF_INPUT, "sh", stopSignal));
    line.addAll(command);
    TestProcess process =
        TestProcess.start(
            ProgramRun.prepare(folder, line)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile()));
    return new ServerProgram(process, port, log);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private boolean isReady(String ready) {
    BooleanSupplier accepts = ready == null ? this::accepts : () -> log().contains(ready);
    String description = ready == null ? "a connection to port " + port : ready;
    Await.until(description, () -> !process.isAlive() || accepts.getAsBoolean());
    return process.isAlive() && accepts.getAsBoolean();
  }

  private boolean accepts() {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  private String log() {
    try {
      return ProgramRun.text(log);
    } catch (IOException e) {
      throw new AssertionError("cannot read " + log, e);
    }
  }

  /** Returns the address in the form of a service address. */
  public String serviceAddress() {
    return "127.0.0.1:" + port;
  }

  public int port() {
    return port;
  }

  /** Stops the server, kills every process that is left, and fails if there was any. */
  @Override
  public void close() throws IOException {
    List<ProcessHandle> all = process.tree();
    try {
      process.getOutputStream().close();
      Await.until("the end of the server after its signal", () -> TestProcess.haveEnded(all));
    } finally {
      process.end(all);
    }
  }
}
