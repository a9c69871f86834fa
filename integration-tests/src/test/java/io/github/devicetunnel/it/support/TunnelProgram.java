package io.github.devicetunnel.it.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Runs {@code listen} of the packaged program, with all of its output in one file. */
public final class TunnelProgram implements AutoCloseable {
  public static final String DEVICE = Cloud.DEVICE;

  private static final String SERVICE = "127.0.0.1:80";

  private static final Path LAUNCHER =
      Path.of(
          System.getProperty("tunnel.root"),
          "tunnel-cli/target/tunnel-cli-" + System.getProperty("tunnel.version"),
          "bin/tunnel");

  private final TestProcess process;
  private final Path output;

  /** Null while the process tree has its root. */
  private List<ProcessHandle> tree;

  private TunnelProgram(TestProcess process, Path output) {
    this.process = process;
    this.output = output;
  }

  /** Starts a cloud whose device echoes all bytes to the service of the program. */
  public static TestingCloud echo() throws IOException {
    TestingCloud cloud = TestingCloud.started();
    cloud
        .service()
        .device(DEVICE)
        .onConnect(SERVICE, stream -> stream.inputStream().transferTo(stream.outputStream()));
    return cloud;
  }

  /** Starts the program in its own session, without a terminal. */
  public static TunnelProgram withoutTerminal(
      Path folder, Map<String, String> variables, String... options) throws IOException {
    List<String> command = new ArrayList<>(List.of(Externals.program("setsid")));
    command.addAll(command(options));
    return start(folder, command, variables);
  }

  /** Starts the program with a limit of its open files. */
  public static TunnelProgram withFileLimit(
      Path folder, int limit, Map<String, String> variables, String... options) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(Externals.program("sh"), "-c", "ulimit -n " + limit + "; exec \"$@\"", "sh"));
    command.addAll(command(options));
    return start(folder, command, variables);
  }

  /** Starts the program so that a {@link ThreadQuota} limits it. */
  public static TunnelProgram withThreadQuota(
      Path folder, Map<String, String> variables, String... options) throws IOException {
    return start(folder, ThreadQuota.command(command(options)), variables);
  }

  /** Starts the program on a terminal, with SIGHUP ignored, as nohup does. */
  public static TunnelProgram onTerminalWithoutHangup(
      Path folder, Map<String, String> variables, String... options) throws IOException {
    return inShell(folder, variables, "trap '' HUP; exec " + quoted(command(options)));
  }

  /** Returns the environment variables that the program requires. */
  public static Map<String, String> settings(Cloud cloud) {
    return Map.of("TUNNEL_CLOUD_URI", cloud.uri(), "TUNNEL_API_KEY", Cloud.KEY);
  }

  /** Starts the program with its output in a file. */
  public static TunnelProgram start(Path folder, Map<String, String> variables, String... options)
      throws IOException {
    return start(folder, command(options), variables);
  }

  /** Starts the program with its output on a terminal. */
  public static TunnelProgram onTerminal(
      Path folder, Map<String, String> variables, String... options) throws IOException {
    return inShell(folder, variables, "exec " + quoted(command(options)));
  }

  /** Starts the program on a terminal and in the background, as a shell does for an ampersand. */
  public static TunnelProgram inBackground(Path folder, Map<String, String> variables)
      throws IOException {
    return inShell(folder, variables, "set -m; " + quoted(command()) + " & wait $!");
  }

  private static String quoted(List<String> command) {
    return "'" + String.join("' '", command) + "'";
  }

  private static TunnelProgram inShell(Path folder, Map<String, String> variables, String line)
      throws IOException {
    List<String> command =
        List.of(Externals.program("script"), "-q", "-e", "-c", line, "/dev/null");
    return start(folder, command, variables);
  }

  private static List<String> command(String... options) {
    List<String> command =
        new ArrayList<>(
            List.of(
                LAUNCHER.toString(),
                "listen",
                "--listen-uri=127.0.0.1:0",
                "--half-close-timeout=100ms",
                "--device=" + DEVICE,
                "--service=" + SERVICE));
    command.addAll(List.of(options));
    return command;
  }

  private static TunnelProgram start(
      Path folder, List<String> command, Map<String, String> variables) throws IOException {
    Path output = Files.createTempFile(folder, "tunnel", ".out");
    ProcessBuilder builder = ProgramRun.prepare(folder, command);
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("TUNNEL_JAVA_OPTS", "-XX:TieredStopAtLevel=1");
    builder.environment().putAll(variables);
    TestProcess process =
        TestProcess.start(
            builder
                .redirectErrorStream(true)
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(output.toFile()));
    return new TunnelProgram(process, output);
  }

  /** Returns the output so far. */
  public String output() {
    try {
      return Files.readString(output, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Waits for output that matches a pattern, and returns its first group, or else the whole match.
   */
  public String await(String pattern) {
    Pattern compiled = Pattern.compile(pattern);
    Await.until(
        "output like " + pattern, () -> compiled.matcher(output()).find() || !process.isAlive());
    Matcher matcher = compiled.matcher(output());
    assertThat(matcher.find()).as("%s in %s", pattern, output()).isTrue();
    return matcher.groupCount() == 0 ? matcher.group() : matcher.group(1);
  }

  public int awaitPort() {
    return Integer.parseInt(await("Listening on 127\\.0\\.0\\.1:(\\d+) "));
  }

  /** Same as {@link #awaitPort}, for JSON output. */
  public int awaitJsonPort() {
    return Integer.parseInt(await("\"address\":\"127\\.0\\.0\\.1:(\\d+)\""));
  }

  /** Opens a connection whose tunnel is rejected. */
  public static void connectAndExpectClose(int port) throws IOException {
    try (Socket socket = connect(port)) {
      assertThat(socket.getInputStream().read()).isNegative();
    } catch (IOException reset) {
      assertThat(reset).hasMessageContaining("reset");
    }
  }

  /** Opens a connection that has carried a thousand bytes in each direction. */
  public static Socket connectAndExchange(int port) throws IOException {
    Socket socket = connect(port);
    boolean exchanged = false;
    try {
      socket.getOutputStream().write(new byte[1000]);
      assertThat(socket.getInputStream().readNBytes(1000)).hasSize(1000);
      exchanged = true;
      return socket;
    } finally {
      if (!exchanged) {
        socket.close(); // a test may repeat a failed exchange
      }
    }
  }

  private static Socket connect(int port) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout((int) Await.LONG.toMillis());
    return socket;
  }

  /**
   * Sends SIGTERM to the program, and not to the processes around it, and returns its exit code.
   */
  public int terminate() throws InterruptedException {
    assertThat(innermost().destroy()).isTrue();
    return process.awaitExit();
  }

  /** Returns the program, without the terminal that may be around it. */
  public ProcessHandle innermost() {
    return process.tree().stream().max(Comparator.comparing(handle -> depth(handle))).orElseThrow();
  }

  /** Sends a signal, by its name without SIG, to the program alone. */
  public void signal(Path folder, String name) throws IOException, InterruptedException {
    ProgramRun.in(folder, "sh", "-c", "kill -" + name + " " + innermost().pid()).succeed();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** Closes the terminal by killing the process that holds its master side. */
  public void closeTerminal() {
    tree = process.tree();
    process.destroyForcibly();
  }

  private static int depth(ProcessHandle process) {
    return process.parent().map(parent -> 1 + depth(parent)).orElse(0);
  }

  @Override
  public void close() {
    process.end(tree == null ? process.tree() : tree);
  }
}
