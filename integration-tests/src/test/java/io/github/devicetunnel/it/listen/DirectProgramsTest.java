package io.github.devicetunnel.it.listen;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.it.listen.DirectAndTunnel.LocalProgram;
import io.github.devicetunnel.it.support.Await;
import io.github.devicetunnel.it.support.CloudKind;
import io.github.devicetunnel.it.support.Externals;
import io.github.devicetunnel.it.support.Leaks;
import io.github.devicetunnel.it.support.LocalEnd;
import io.github.devicetunnel.it.support.ProgramRun;
import io.github.devicetunnel.it.support.ProgramRun.Outcome;
import io.github.devicetunnel.it.support.Service;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code curl} and OpenBSD's {@code nc} produce the same output and exit code on a direct
 * connection and through a tunnel.
 */
@EnabledOnOs(OS.LINUX)
final class DirectProgramsTest {
  private static final String TEXT = "0123456789".repeat(100_000);
  private static final String REQUEST = "GET / HTTP/1.0\r\n\r\n";

  @RegisterExtension final Leaks leaks = new Leaks();

  @TempDir private Path folder;

  /** Exit code and standard output of a program. */
  private record Result(int exitCode, String output) {}

  /** Returns a local program. {@code {port}} in its arguments stands for the port. */
  private LocalProgram<Result> program(Path input, String... arguments) {
    return address -> {
      String port = Integer.toString(address.getPort());
      List<String> command =
          Arrays.stream(arguments).map(argument -> argument.replace("{port}", port)).toList();
      Outcome outcome = ProgramRun.in(folder, command).input(input).run();
      return new Result(outcome.exitCode(), outcome.out());
    };
  }

  private LocalProgram<Result> curl(String... arguments) {
    List<String> command = new ArrayList<>(List.of(Externals.program("curl"), "-s"));
    command.addAll(List.of("--http1.0", "--max-time", "20"));
    command.addAll(List.of(arguments));
    return program(Path.of("/dev/null"), command.toArray(new String[0]));
  }

  /**
   * Returns a run of OpenBSD's {@code nc} by its Debian name, because a program named {@code nc}
   * may lack {@code -N}.
   */
  private LocalProgram<Result> nc(String input, String... options) throws IOException {
    Path file = Files.createTempFile(folder, "nc", ".in");
    Files.writeString(file, input, ISO_8859_1);
    List<String> command = new ArrayList<>(List.of(Externals.program("nc.openbsd")));
    command.addAll(List.of(options));
    command.addAll(List.of("127.0.0.1", "{port}"));
    return program(file, command.toArray(new String[0]));
  }

  private static String readRequest(Socket socket) throws IOException {
    InputStream in = socket.getInputStream();
    StringBuilder request = new StringBuilder();
    while (request.indexOf("\r\n\r\n") < 0) {
      int b = in.read();
      assertThat(b).as("a byte after %s", request).isNotNegative();
      request.append((char) b);
    }
    return request.toString();
  }

  private static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(US_ASCII));
  }

  private static Service replyService(String reply) throws IOException {
    return Service.started(
        socket -> {
          String unused = readRequest(socket);
          write(socket, reply);
        });
  }

  @Test
  void curlFetchesReplyThatEndsWithTheConnection() throws Exception {
    String body = "0123456789".repeat(30_000);
    try (Service service = replyService("HTTP/1.0 200 OK\r\n\r\n" + body)) {
      DirectAndTunnel.run(service.address(), curl("http://127.0.0.1:{port}/"))
          .assertAll(new Result(0, body));
      assertThat(service.failures()).isEmpty();
    }
  }

  @Test
  void curlReportsTruncatedReply() throws Exception {
    try (Service service = replyService("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")) {
      DirectAndTunnel.run(service.address(), curl("http://127.0.0.1:{port}/"))
          .assertAll(new Result(18, "half"));
    }
  }

  @Test
  void curlReportsReset() throws Exception {
    Service.Script resets =
        socket -> {
          String unused = readRequest(socket);
          write(socket, "HTTP/1.0 200 OK\r\n\r\nhalf");
          LocalEnd.reset(socket);
        };
    // Node.js reports a reset that arrives together with bytes as an end of the stream.
    Set<CloudKind> kinds = EnumSet.of(CloudKind.TESTING, CloudKind.TESTING_TLS);
    try (Service service = Service.started(resets)) {
      DirectAndTunnel.run(kinds, service.address(), curl("http://127.0.0.1:{port}/"))
          .assertAll(new Result(56, "half"));
    }
  }

  @Test
  void curlLogsInToFtpAndQuits() throws Exception {
    BlockingQueue<List<String>> received = new LinkedBlockingQueue<>();
    LocalProgram<Result> curl = curl("-I", "ftp://plant:anything@127.0.0.1:{port}/");
    LocalProgram<List<String>> ftp =
        address -> {
          assertThat(curl.run(address)).isEqualTo(new Result(0, ""));
          return Await.next(received);
        };
    try (Service service = Service.started(new FtpScript(received))) {
      DirectAndTunnel<List<String>> lines = DirectAndTunnel.run(service.address(), ftp);
      lines.assertAll(lines.direct());
      assertThat(lines.direct()).startsWith("USER plant", "PASS anything").endsWith("QUIT");
      assertThat(service.failures()).isEmpty();
    }
  }

  /** {@code nc} waits until the service closes. */
  @Test
  void ncPrintsReply() throws Exception {
    try (Service service = replyService("HTTP/1.0 200 OK\r\n\r\nall of it")) {
      DirectAndTunnel.run(EnumSet.allOf(CloudKind.class), service.address(), nc(REQUEST))
          .assertAll(new Result(0, "HTTP/1.0 200 OK\r\n\r\nall of it"));
      assertThat(service.failures()).isEmpty();
    }
  }

  /** {@code nc -N} half-closes at once, and the service answers the request. */
  @Test
  void ncPrintsReplyAfterHalfClose() throws Exception {
    try (Service service = replyService("HTTP/1.0 200 OK\r\n\r\nall of it")) {
      DirectAndTunnel.run(service.address(), nc(REQUEST, "-N"))
          .assertAll(new Result(0, "HTTP/1.0 200 OK\r\n\r\nall of it"));
      assertThat(service.failures()).isEmpty();
    }
  }

  /** With {@code -q 0}, {@code nc} does not wait for a reply. Some versions only half-close. */
  @Test
  void serviceReceivesAllBytesOfQuittingNc() throws Exception {
    assertServiceReceivesAll(
        in -> Received.from(new ByteArrayInputStream(in.readNBytes(TEXT.length()))), "-q", "0");
  }

  /** With {@code -w 1}, {@code nc} closes its connection after a second without traffic. */
  @Test
  void serviceReceivesAllBytesOfClosingNc() throws Exception {
    assertServiceReceivesAll(Received::from, "-w", "1");
  }

  private interface Reader {
    Received read(InputStream in) throws IOException;
  }

  private void assertServiceReceivesAll(Reader reader, String... options) throws Exception {
    BlockingQueue<Received> received = new LinkedBlockingQueue<>();
    LocalProgram<Result> nc = nc(TEXT, options);
    LocalProgram<Received> sent =
        address -> {
          assertThat(nc.run(address)).isEqualTo(new Result(0, ""));
          return Await.next(received);
        };
    try (Service service =
        Service.started(socket -> received.add(reader.read(socket.getInputStream())))) {
      DirectAndTunnel.run(service.address(), sent)
          .assertAll(Received.of(TEXT, Received.End.END_OF_STREAM));
      assertThat(service.failures()).isEmpty();
    }
  }

  /** A port scan: {@code nc -z} connects and closes. */
  @Test
  void ncPortScanSucceeds() throws Exception {
    try (Service service =
        Service.started(socket -> assertThat(socket.getInputStream().read()).isEqualTo(-1))) {
      DirectAndTunnel.run(service.address(), nc("", "-z")).assertAll(new Result(0, ""));
      assertThat(service.failures()).isEmpty();
    }
  }
}
