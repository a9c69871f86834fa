package io.github.devicetunnel.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.testing.Cut;
import io.github.devicetunnel.testing.Direction;
import io.github.devicetunnel.testing.Fault;
import io.github.devicetunnel.testing.TunnelService;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Runs {@code tunnel stdio} as a process. */
@DisabledOnOs(OS.WINDOWS)
class StdioTest {
  private static final int COUNT = 4 << 20;

  @TempDir private Path folder;
  private TunnelService cloud;

  @BeforeEach
  void start() throws Exception {
    cloud = TunnelService.builder().apiKey(WebCloud.KEY).device(Program.DEVICE).build().start();
  }

  @AfterEach
  void stop() {
    cloud.close();
  }

  private ProgramProcess stdio(String... options) throws Exception {
    String[] args = new String[options.length + 1];
    args[0] = "stdio";
    System.arraycopy(options, 0, args, 1, options.length);
    return ProgramProcess.start(cloud, args);
  }

  /** The input stays open, as with a ProxyCommand of ssh. */
  @Test
  void carriesAllBytesAndEndsWithService() throws Exception {
    byte[] bytes = new byte[COUNT];
    new Random(1).nextBytes(bytes);
    cloud
        .device(Program.DEVICE)
        .onConnect(
            WebCloud.SERVICE,
            stream -> stream.outputStream().write(stream.inputStream().readNBytes(COUNT)));

    try (ProgramProcess program = stdio()) {
      program.input().write(bytes);
      program.input().flush();

      assertThat(program.output().readAllBytes()).isEqualTo(bytes);
      assertThat(program.exitCode()).isEqualTo(0);
      assertThat(program.errors().lines()).isEmpty();
    }
  }

  @Test
  void deliversReplyAfterEndOfInput() throws Exception {
    cloud
        .device(Program.DEVICE)
        .onConnect(
            WebCloud.SERVICE,
            stream -> {
              stream.inputStream().readNBytes(8);
              stream.outputStream().write("reply".getBytes(US_ASCII));
            });

    try (ProgramProcess program = stdio()) {
      program.input().write("question".getBytes(US_ASCII));
      program.input().close();

      assertThat(program.output().readAllBytes()).isEqualTo("reply".getBytes(US_ASCII));
      assertThat(program.exitCode()).isEqualTo(0);
      assertThat(program.errors().lines()).isEmpty();
    }
  }

  @Test
  void warnsWhenHalfCloseTimeoutExpires() throws Exception {
    cloud
        .device(Program.DEVICE)
        .onConnect(WebCloud.SERVICE, stream -> stream.inputStream().readAllBytes());

    try (ProgramProcess program = stdio("--half-close-timeout=200ms")) {
      program.input().write("question".getBytes(US_ASCII));
      program.input().close();

      assertThat(program.exitCode()).isEqualTo(8);
      assertThat(program.errors().readLine())
          .startsWith("tunnel: warning: the service sent nothing for 0.2 s")
          .endsWith("raise the half-close timeout");
    }
  }

  @Test
  void failsWhenConnectionIsLost() throws Exception {
    cloud
        .device(Program.DEVICE)
        .onConnect(WebCloud.SERVICE, stream -> stream.inputStream().readAllBytes())
        .faults()
        .onNextConnect(Fault.abortAfter(0, Direction.TOWARD_CLIENT, Cut.RST));

    try (ProgramProcess program = stdio()) {
      assertThat(program.exitCode()).isEqualTo(8);
      assertThat(program.errors().readLine()).startsWith("tunnel: the connection to the cloud");
    }
  }

  /** A real gateway reports a service that does not listen in the same way. */
  @Test
  void warnsWhenServiceClosesWithoutData() throws Exception {
    cloud.device(Program.DEVICE).onConnect(WebCloud.SERVICE, stream -> {});

    try (ProgramProcess program = stdio()) {
      assertThat(program.exitCode()).isEqualTo(0);
      assertThat(program.errors().readLine()).startsWith("tunnel: warning: the service closed");
    }
  }

  /** Runs the program in this process, for failures before the tunnel opens. */
  private static Program failing(String cloudUri, String... args) {
    return new Program()
        .variable("TUNNEL_CLOUD_URI", cloudUri)
        .variable("TUNNEL_DEVICE", Program.DEVICE)
        .variable("TUNNEL_SERVICE", WebCloud.SERVICE)
        .variable("TUNNEL_API_KEY", WebCloud.KEY)
        .run(args);
  }

  @ParameterizedTest
  @CsvSource({"401, 4", "403, 4", "404, 5", "429, 7", "500, 7", "302, 7"})
  void mapsRejectionToExitCode(int status, int exitCode) throws Exception {
    cloud.faults().onNextConnect(Fault.reject(status));

    Program program = failing(cloud.uri(), "stdio");

    assertThat(program.exitCode()).isEqualTo(exitCode);
    assertThat(program.nextErrorLine())
        .startsWith("tunnel: the cloud rejected the tunnel to " + Program.DEVICE)
        .contains(": " + status);
    assertThat(program.output()).isEmpty();
  }

  @Test
  void exitsWith6IfCloudIsUnreachable() throws Exception {
    String uri = cloud.uri();
    cloud.close();

    Program program = failing(uri, "stdio");

    assertThat(program.exitCode()).isEqualTo(6);
    assertThat(program.nextErrorLine()).contains("could not be reached");
  }

  @Test
  void exitsWith7IfAnswerIsNotHttp() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        ProgramProcess program =
            ProgramProcess.start("ws://127.0.0.1:" + server.getLocalPort(), "stdio")) {
      try (Socket socket = server.accept()) {
        socket.getOutputStream().write("SSH-2.0-OpenSSH_9.2\r\n".getBytes(UTF_8));
        socket.shutdownOutput();
        assertThat(program.exitCode()).isEqualTo(7);
      }
    }
  }

  @Test
  void rejectsKeyFromStandardInput() throws Exception {
    Program program =
        new Program()
            .variable("TUNNEL_CLOUD_URI", cloud.uri())
            .run("stdio", "--device", Program.DEVICE, "--service=127.0.0.1:80", "--api-key-file=-");

    assertThat(program.exitCode()).isEqualTo(2);
    assertThat(program.nextErrorLine())
        .isEqualTo(
            "tunnel: --api-key-file: standard input cannot be read: it is used by the tunnel;"
                + " specify a file");
  }

  @Test
  void closesTunnelWhenReaderLeaves() throws Exception {
    CountDownLatch closed = new CountDownLatch(1);
    cloud
        .device(Program.DEVICE)
        .onConnect(
            WebCloud.SERVICE,
            stream -> {
              try {
                while (true) {
                  stream.outputStream().write(new byte[64 << 10]);
                }
              } finally {
                closed.countDown();
              }
            });

    try (ProgramProcess program = stdio()) {
      assertThat(program.output().readNBytes(1000)).hasSize(1000);
      program.output().close();

      assertThat(program.exitCode()).isEqualTo(8);
      assertThat(program.errors().readLine())
          .startsWith("tunnel: standard output cannot be written");
      closed.await();
    }
  }

  /** If ssh is killed and the service sends nothing, no write fails. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void closesTunnelAtEndOfInputWithoutReader() throws Exception {
    CountDownLatch open = new CountDownLatch(1);
    CountDownLatch closed = new CountDownLatch(1);
    cloud
        .device(Program.DEVICE)
        .onConnect(
            WebCloud.SERVICE,
            stream -> {
              open.countDown();
              assertThat(stream.inputStream().readAllBytes()).isEqualTo("last".getBytes(US_ASCII));
              closed.countDown();
            });

    try (ProgramProcess program = stdio("--half-close-timeout=10m")) {
      open.await();
      program.output().close();
      program.input().write("last".getBytes(US_ASCII));
      program.input().close();

      assertThat(program.exitCode()).isEqualTo(8);
      assertThat(program.errors().readLine())
          .startsWith("tunnel: standard output cannot be written");
      closed.await();
    }
  }

  /** A full pipe does not mean that the reader has left. */
  @Test
  void deliversAllBytesToLateReaderAfterEndOfInput() throws Exception {
    byte[] bytes = new byte[COUNT];
    new Random(2).nextBytes(bytes);
    cloud
        .device(Program.DEVICE)
        .onConnect(
            WebCloud.SERVICE,
            stream -> {
              assertThat(stream.inputStream().read()).isEqualTo('q');
              stream.outputStream().write(bytes);
            });

    try (ProgramProcess program = stdio("--half-close-timeout=10m")) {
      program.input().write('q');
      program.input().close();
      assertThat(program.output().read()).isEqualTo(bytes[0] & 0xff);
      assertThat(Await.within(Duration.ofSeconds(1), () -> !program.isAlive())).isFalse();

      assertThat(program.output().readAllBytes())
          .isEqualTo(Arrays.copyOfRange(bytes, 1, bytes.length));
      assertThat(program.exitCode()).isEqualTo(0);
    }
  }

  /** The shell that started the pipeline has ended, but the last reader has not. */
  @Test
  void deliversReplyAfterParentExits() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    cloud
        .device(Program.DEVICE)
        .onConnect(
            WebCloud.SERVICE,
            stream -> {
              stream.inputStream().readNBytes(8);
              release.await();
              stream.outputStream().write("reply".getBytes(US_ASCII));
            });
    Path reply = folder.resolve("reply");
    ProcessBuilder java = ProgramCommand.of(cloud.uri(), List.of("stdio"));
    List<String> shell = new ArrayList<>(List.of("sh", "-c"));
    shell.add(
        "{ printf question | \"$@\" | cat >'"
            + reply
            + "'; } </dev/null >/dev/null 2>&1 & echo $!");
    shell.add("sh");
    shell.addAll(java.command());

    TestProcess parent = TestProcess.start(java.command(shell));
    long pipeline = Long.parseLong(parent.inputReader().readLine());
    assertThat(parent.awaitExit()).isZero();
    assertThat(Await.within(Duration.ofSeconds(1), () -> size(reply) > 0)).isFalse();
    release.countDown();

    Await.until("the reply", () -> size(reply) == 5);
    assertThat(reply).hasContent("reply");
    Await.until(
        "the end of the pipeline",
        () ->
            ProcessHandle.of(pipeline).stream()
                .allMatch(each -> TestProcess.haveEnded(List.of(each))));
  }

  private static long size(Path file) {
    return file.toFile().length();
  }

  /** The output has no reader, but the input still has bytes to carry. */
  @Test
  void carriesInputAfterReaderLeaves() throws Exception {
    CountDownLatch arrived = new CountDownLatch(1);
    cloud
        .device(Program.DEVICE)
        .onConnect(
            WebCloud.SERVICE,
            stream -> {
              assertThat(stream.inputStream().readNBytes(COUNT)).hasSize(COUNT);
              arrived.countDown();
            });

    try (ProgramProcess program = stdio()) {
      program.output().close();
      program.input().write(new byte[COUNT]);
      program.input().flush();
      assertThat(arrived.await(Await.LONG.toMillis(), TimeUnit.MILLISECONDS)).isTrue();

      assertThat(program.exitCode()).isEqualTo(0);
    }
  }

  @Test
  void signalClosesTunnel() throws Exception {
    CountDownLatch closed = new CountDownLatch(1);
    cloud
        .device(Program.DEVICE)
        .onConnect(
            WebCloud.SERVICE,
            stream -> {
              stream.outputStream().write('x');
              InputStream in = stream.inputStream();
              assertThat(in.read()).isEqualTo(-1);
              closed.countDown();
            });

    try (ProgramProcess program = stdio()) {
      assertThat(program.output().read()).isEqualTo('x');
      program.terminate();

      assertThat(program.exitCode()).isEqualTo(143);
      assertThat(program.errors().lines()).isEmpty();
      closed.await();
    }
  }
}
