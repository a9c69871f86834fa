package io.github.devicetunnel.it.support;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.testing.ServiceStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The packaged program and a cloud whose service echoes. By default, the cloud, the device, the
 * service and the access key are set in the environment of the program.
 */
public final class ProgramBench implements AutoCloseable {
  public static final String SERVICE = "127.0.0.1:80";

  /** Makes the JVM start faster; the program runs only for a moment. */
  private static final String JAVA_OPTIONS = "-XX:TieredStopAtLevel=1";

  private final Path folder;
  private final TestingCloud cloud;

  public ProgramBench(Path folder) throws IOException {
    this(folder, TestingCloud.started(TestingCloud.builder().failOnLeaks(false)));
  }

  public ProgramBench(Path folder, TestingCloud cloud) {
    this.folder = folder;
    this.cloud = cloud;
    cloud.service().device(Cloud.DEVICE).onConnect(SERVICE, ProgramBench::echo);
  }

  /** Echoes every byte up to a dot. */
  public static void echo(ServiceStream stream) throws IOException {
    int b;
    do {
      b = stream.inputStream().read();
      if (b >= 0) {
        stream.outputStream().write(b);
      }
    } while (b >= 0 && b != '.');
  }

  public Path folder() {
    return folder;
  }

  public TestingCloud cloud() {
    return cloud;
  }

  public Path file(String name, String content) throws IOException {
    return Files.writeString(folder.resolve(name), content);
  }

  /** Prepares the program for the cloud of this bench, or another cloud. */
  public ProgramRun.Builder program(Cloud any, String... arguments) {
    return PackagedProgram.in(folder, any, arguments)
        .variable("TUNNEL_SERVICE", SERVICE)
        .variable("TUNNEL_JAVA_OPTS", JAVA_OPTIONS);
  }

  public ProgramRun.Builder program(String... arguments) {
    return program(cloud, arguments);
  }

  /** Prepares a command that runs the program, to be started with pipes. */
  public ProcessBuilder prepare(List<String> command) {
    ProcessBuilder builder = ProgramRun.prepare(folder, command);
    builder
        .environment()
        .putAll(
            Map.of(
                "JAVA_HOME",
                System.getProperty("java.home"),
                "TUNNEL_JAVA_OPTS",
                JAVA_OPTIONS,
                "TUNNEL_CLOUD_URI",
                cloud.uri(),
                "TUNNEL_DEVICE",
                Cloud.DEVICE,
                "TUNNEL_SERVICE",
                SERVICE,
                "TUNNEL_API_KEY",
                Cloud.KEY));
    return builder;
  }

  /** Prepares one tunnel that echoes a word. */
  public ProgramRun.Builder stdio(Cloud any, String... options) throws IOException {
    List<String> arguments = new ArrayList<>(List.of("stdio"));
    arguments.addAll(List.of(options));
    return program(any, arguments.toArray(String[]::new)).input(file("input", "word."));
  }

  /** Runs one tunnel, and requires that it echoes the word. */
  public ProgramRun.Outcome succeed(ProgramRun.Builder stdio) throws Exception {
    ProgramRun.Outcome outcome = stdio.run();
    assertThat(outcome.out()).as(outcome.toString()).isEqualTo("word.");
    assertThat(outcome.exitCode()).isZero();
    return outcome;
  }

  /** Runs one tunnel through another cloud, with a credential from the options only. */
  public void succeedAt(TestingCloud other, String... options) throws Exception {
    other.service().device(Cloud.DEVICE).onConnect(SERVICE, ProgramBench::echo);
    assertThat(succeed(stdio(other, options).variable("TUNNEL_API_KEY", "")).err()).isEmpty();
  }

  public ProgramRun.Outcome succeed(String... options) throws Exception {
    return succeed(stdio(cloud, options));
  }

  /** Starts {@code listen}, with its output and its log in one file. */
  public TunnelProgram listen(Cloud any, String... options) throws IOException {
    return TunnelProgram.start(
        folder, Map.of("TUNNEL_CLOUD_URI", any.uri(), "TUNNEL_API_KEY", Cloud.KEY), options);
  }

  public TunnelProgram listen(String... options) throws IOException {
    return listen(cloud, options);
  }

  /** Connects to a listener; the tunnel may fail to open. */
  public static Socket connect(int port) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout((int) Await.LONG.toMillis());
    return socket;
  }

  /** Connects to a listener, and waits until the tunnel is open. */
  public static Socket connected(int port) throws IOException {
    Socket socket = connect(port);
    socket.getOutputStream().write("word".getBytes(UTF_8));
    assertThat(socket.getInputStream().readNBytes(4)).isEqualTo("word".getBytes(UTF_8));
    return socket;
  }

  /** Waits until a connection is closed or reset. */
  public static void awaitEnd(Socket socket) {
    try {
      assertThat(socket.getInputStream().read()).isNegative();
    } catch (IOException e) {
      assertThat(e).hasMessageMatching("(?i).*(reset|aborted).*");
    }
  }

  public static String get(String url) throws Exception {
    HttpResponse<String> response =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create(url)).timeout(Await.LONG).build(),
                HttpResponse.BodyHandlers.ofString());
    assertThat(response.statusCode()).isEqualTo(200);
    return response.body();
  }

  @Override
  public void close() {
    cloud.close();
  }
}
