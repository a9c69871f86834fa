package io.github.devicetunnel.it.drivers;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.it.support.CloudKind;
import io.github.devicetunnel.it.support.Digest;
import io.github.devicetunnel.it.support.Externals;
import io.github.devicetunnel.it.support.Leaks;
import io.github.devicetunnel.it.support.ProgramRun;
import io.github.devicetunnel.it.support.TunnelledPort;
import io.github.devicetunnel.it.support.WebServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The JDK's web server and {@code curl}, connected through a tunnel. */
final class HttpTest {
  private static final int PARTS = 4;

  /** Short, because a client closes a connection that the server would keep open. */
  private static final Duration HALF_CLOSE_TIMEOUT = Duration.ofMillis(200);

  @RegisterExtension final Leaks leaks = new Leaks();
  @TempDir Path folder;

  private static TunnelledPort tunnel(WebServer server, CloudKind kind) throws Exception {
    return TunnelledPort.to(server.serviceAddress(), kind, HALF_CLOSE_TIMEOUT);
  }

  /** Returns a run of {@code curl}, which fails if the answer is an error or incomplete. */
  private ProgramRun.Builder curl(List<String> arguments) {
    List<String> line = new ArrayList<>(List.of(Externals.program("curl"), "-q"));
    line.addAll(List.of("--silent", "--show-error", "--fail"));
    line.addAll(arguments);
    return ProgramRun.in(folder, line);
  }

  private static String url(TunnelledPort port, String path) {
    return "http://127.0.0.1:" + port.number() + path;
  }

  @ParameterizedTest
  @EnumSource(CloudKind.class)
  void curlFetchesPage(CloudKind kind) throws Exception {
    try (WebServer server = WebServer.started();
        TunnelledPort port = tunnel(server, kind)) {
      assertThat(curl(List.of(url(port, "/page?one"))).succeed()).isEqualTo("page one\n");
    }
  }

  @ParameterizedTest
  @EnumSource(CloudKind.class)
  void curlDownloadsLargeFile(CloudKind kind) throws Exception {
    Path file = folder.resolve("file");
    try (WebServer server = WebServer.started();
        TunnelledPort port = tunnel(server, kind)) {
      curl(List.of(url(port, "/file"))).output(file).succeed();

      assertThat(RandomFile.digest(file)).isEqualTo(WebServer.content());
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = CloudKind.class,
      names = {"TESTING", "NODE"})
  void curlUploadsLargeFile(CloudKind kind) throws Exception {
    Path file = RandomFile.create(folder.resolve("file"), 7, WebServer.COUNT);
    try (WebServer server = WebServer.started();
        TunnelledPort port = tunnel(server, kind)) {
      assertThat(curl(List.of("--upload-file", file.toString(), url(port, "/digest"))).succeed())
          .isEqualTo(RandomFile.digest(file).sha256());
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = CloudKind.class,
      names = {"TESTING", "NODE"})
  void parallelRangeRequestsUseSeparateConnections(CloudKind kind) throws Exception {
    Path whole = folder.resolve("whole");
    try (WebServer server = WebServer.started();
        TunnelledPort port = tunnel(server, kind)) {
      List<String> arguments = new ArrayList<>(List.of("--parallel", "--parallel-immediate"));
      for (int i = 0; i < PARTS; i++) {
        long length = WebServer.COUNT / PARTS;
        String range = i * length + "-" + ((i + 1) * length - 1);
        arguments.addAll(i == 0 ? List.of() : List.of("--next", "--silent", "--fail"));
        arguments.addAll(List.of("--range", range, "--output", part(i).toString()));
        arguments.add(url(port, "/file"));
      }
      curl(arguments).succeed();

      assertThat(server.connections()).isEqualTo(PARTS);
      join(whole);
      assertThat(RandomFile.digest(whole)).isEqualTo(WebServer.content());
    }
  }

  private Path part(int number) {
    return folder.resolve("part" + number);
  }

  private void join(Path whole) throws IOException {
    try (OutputStream out = Files.newOutputStream(whole)) {
      for (int i = 0; i < PARTS; i++) {
        Files.copy(part(i), out);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(CloudKind.class)
  void pagesShareOneConnection(CloudKind kind) throws Exception {
    try (WebServer server = WebServer.started();
        TunnelledPort port = tunnel(server, kind)) {
      assertThat(curl(List.of(url(port, "/page?[1-10]"))).succeed())
          .isEqualTo(
              IntStream.rangeClosed(1, 10)
                  .mapToObj(i -> "page " + i + "\n")
                  .collect(Collectors.joining()));
      assertThat(server.connections()).isEqualTo(1);
    }
  }

  /** Only the end of the connection marks the end of the body. */
  @ParameterizedTest
  @EnumSource(CloudKind.class)
  void bodyEndedByConnectionCloseIsComplete(CloudKind kind) throws Exception {
    Path file = folder.resolve("file");
    try (WebServer server = WebServer.started();
        TunnelledPort port = tunnel(server, kind);
        Socket socket = port.connect()) {
      socket.getOutputStream().write("GET /stream HTTP/1.0\r\n\r\n".getBytes(US_ASCII));
      InputStream in = socket.getInputStream();
      assertThat(header(in)).startsWith("HTTP/1.").contains(" 200 ").doesNotContain("-Length:");
      assertThat(Digest.of(in)).isEqualTo(WebServer.content());

      curl(List.of("--http1.0", url(port, "/stream"))).output(file).succeed();
      assertThat(RandomFile.digest(file)).isEqualTo(WebServer.content());
    }
  }

  private static String header(InputStream in) throws IOException {
    StringBuilder header = new StringBuilder();
    while (header.indexOf("\r\n\r\n") < 0) {
      int next = in.read();
      assertThat(next).as("after %s", header).isNotNegative();
      header.append((char) next);
    }
    return header.toString();
  }
}
