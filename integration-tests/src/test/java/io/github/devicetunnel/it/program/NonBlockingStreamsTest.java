package io.github.devicetunnel.it.program;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.it.support.Await;
import io.github.devicetunnel.it.support.Cloud;
import io.github.devicetunnel.it.support.Leaks;
import io.github.devicetunnel.it.support.ProgramBench;
import io.github.devicetunnel.it.support.RandomBytes;
import io.github.devicetunnel.testing.ServiceStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Runs the packaged program with standard streams that its parent process made non-blocking. */
@DisabledOnOs(OS.WINDOWS)
final class NonBlockingStreamsTest {
  private static final String ALL_DESCRIPTORS = "0,1,2";
  private static final int COUNT = 2_000_000;

  /** Fits into the buffer of a pipe. */
  private static final int BELOW_PIPE_CAPACITY = 32 << 10;

  @RegisterExtension final Leaks leaks = new Leaks();
  @TempDir Path folder;

  private ProgramBench bench;

  @BeforeEach
  void start() throws IOException {
    bench = new ProgramBench(folder);
  }

  @AfterEach
  void stop() {
    bench.close();
  }

  private PipedProgram start(String... arguments) throws IOException {
    return PipedProgram.start(bench, PipedProgram.NON_BLOCKING, ALL_DESCRIPTORS, arguments);
  }

  private void serve(TestService service) {
    bench.cloud().service().device(Cloud.DEVICE).onConnect(ProgramBench.SERVICE, service::handle);
  }

  private interface TestService {
    void handle(ServiceStream stream) throws IOException;
  }

  private static void awaitOutput(PipedProgram program, int count) {
    Await.until(
        () -> {
          try {
            return program.output().available() >= count;
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  @Test
  void stdioWaitsUntilOutputIsRead() throws Exception {
    byte[] bytes = new RandomBytes(1, COUNT).readNBytes(COUNT);
    serve(stream -> stream.outputStream().write(bytes));
    try (PipedProgram program = start("stdio")) {
      awaitOutput(program, BELOW_PIPE_CAPACITY);
      assertThat(program.output().readAllBytes()).isEqualTo(bytes);
      assertThat(program.exitCode()).isZero();
      assertThat(program.errors().readAllBytes()).isEmpty();
    }
  }

  @Test
  void stdioWaitsForInput() throws Exception {
    byte[] bytes = new RandomBytes(2, COUNT).readNBytes(COUNT);
    serve(
        stream -> {
          stream.outputStream().write('1');
          assertThat(stream.inputStream().read()).isEqualTo('2');
          stream.outputStream().write('3');
          assertThat(stream.inputStream().readNBytes(COUNT)).isEqualTo(bytes);
          stream.outputStream().write('4');
        });
    try (PipedProgram program = start("stdio")) {
      assertThat(program.output().read()).isEqualTo('1');
      program.input().write('2');
      program.input().flush();
      assertThat(program.output().read()).isEqualTo('3');
      program.input().write(bytes);
      program.input().close();
      assertThat(program.output().readAllBytes()).isEqualTo(new byte[] {'4'});
      assertThat(program.exitCode()).isZero();
      assertThat(program.errors().readAllBytes()).isEmpty();
    }
  }

  /** Emits more events than a pipe holds. */
  @Test
  void listenWaitsUntilEventsAreRead() throws Exception {
    int count = 150;
    Path portFile = folder.resolve("ports");
    try (PipedProgram program =
        start("listen", "--listen-uri=:0", "--port-file=" + portFile, "--output=json")) {
      int port = program.awaitPort(portFile);
      for (int i = 0; i < count; i++) {
        try (Socket socket = ProgramBench.connected(port)) {
          socket.getOutputStream().write('.');
        }
      }
      program.terminate();
      String events = new String(program.output().readAllBytes(), StandardCharsets.US_ASCII);
      assertThat(program.exitCode()).isZero();
      for (String event : new String[] {"opened", "closed"}) {
        assertThat(events.lines().filter(line -> line.contains("\"event\":\"" + event + "\"")))
            .hasSize(count);
      }
      assertThat(new String(program.errors().readAllBytes(), StandardCharsets.US_ASCII))
          .doesNotContain("was closed");
    }
  }
}
