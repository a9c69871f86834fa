package io.github.devicetunnel.it.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.it.support.Await;
import io.github.devicetunnel.it.support.Cloud;
import io.github.devicetunnel.it.support.Leaks;
import io.github.devicetunnel.it.support.ProgramBench;
import io.github.devicetunnel.it.support.ProgramRun;
import io.github.devicetunnel.it.support.ScriptedCloud;
import io.github.devicetunnel.it.support.TestProcess;
import io.github.devicetunnel.it.support.TestingCloud;
import io.github.devicetunnel.it.support.ThreadQuota;
import io.github.devicetunnel.it.support.TunnelProgram;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Takes all threads away from another JVM, and gives them back. If Okio or OkHttp fail once to
 * start a thread, they never start one again.
 */
final class ThreadShortageTest {
  @RegisterExtension final Leaks leaks = new Leaks();

  @TempDir private Path folder;

  /** Another JVM that runs {@link DialingProgram}. */
  private static final class Dialing implements AutoCloseable {
    private final Path folder;
    private final TestProcess process;
    private final BufferedReader answers;

    Dialing(Path folder, boolean limited) throws IOException {
      List<String> command =
          List.of(
              Path.of(System.getProperty("java.home"), "bin", "java").toString(),
              "-XX:TieredStopAtLevel=1",
              "-Xlog:disable", // Warnings about threads would be lines of the standard output.
              "-cp",
              System.getProperty("java.class.path"),
              DialingProgram.class.getName());
      this.folder = folder;
      this.process =
          TestProcess.start(
              ProgramRun.prepare(folder, limited ? ThreadQuota.command(command) : command));
      this.answers = process.inputReader();
    }

    /** Creates the client of the other JVM. */
    void connectTo(String uri, int connectTimeoutMillis) throws Exception {
      Path certificate = folder.resolve("ca.pem");
      Files.writeString(certificate, TestingCloud.certificate());
      run("client " + uri + " " + connectTimeoutMillis + " " + certificate);
    }

    void run(String command) throws Exception {
      assertThat(ask(command)).isEqualTo("done");
    }

    /** Dials, and returns the result. */
    String dial() throws Exception {
      run("dial");
      return result();
    }

    String result() throws Exception {
      return ask("result");
    }

    private String ask(String command) throws Exception {
      process.outputWriter().append(command).append('\n').flush();
      return Await.get(CompletableFuture.supplyAsync(this::answer));
    }

    private String answer() {
      try {
        return answers.readLine();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    ThreadQuota quota() throws IOException {
      return ThreadQuota.of(folder, process.pid());
    }

    @Override
    public void close() {
      process.end();
    }
  }

  private static TestingCloud echo(String scheme) throws IOException {
    TestingCloud cloud =
        scheme.equals("wss") ? TestingCloud.startedWithTls() : TestingCloud.started();
    cloud
        .service()
        .device(Cloud.DEVICE)
        .onConnect(
            ProgramBench.SERVICE, stream -> stream.inputStream().transferTo(stream.outputStream()));
    return cloud;
  }

  private static String uri(String scheme, ScriptedCloud cloud) {
    return cloud.uri().replace("ws:", scheme + ":");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ws", "wss"})
  void connectTimeoutNeedsNoThreadOfLibraries(String scheme) throws Exception {
    try (ScriptedCloud cloud = ScriptedCloud.silent();
        Dialing dialing = new Dialing(folder, false)) {
      dialing.run("disable");
      dialing.connectTo(uri(scheme, cloud), 2_000);
      assertThat(dialing.dial()).contains("no answer within 2 s, while ");
      assertThat(dialing.dial()).contains("no answer within 2 s, while ");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ws", "wss"})
  void dialNeedsNoThreadOfLibraries(String scheme) throws Exception {
    try (TestingCloud cloud = echo(scheme);
        Dialing dialing = new Dialing(folder, false)) {
      dialing.run("disable");
      dialing.connectTo(cloud.uri(), 15_000);
      assertThat(dialing.dial()).isEqualTo("echoed");
      assertThat(dialing.dial()).isEqualTo("echoed");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ws", "wss"})
  void closeEndsDialWithoutThreadOfLibraries(String scheme) throws Exception {
    try (ScriptedCloud cloud = ScriptedCloud.silent();
        Dialing dialing = new Dialing(folder, false)) {
      dialing.run("disable");
      dialing.connectTo(uri(scheme, cloud), 3_600_000);
      dialing.run("dial");
      Await.until(() -> cloud.requests() > 0);
      dialing.run("close");
      assertThat(dialing.result()).contains("its listener or client was closed");
    }
  }

  @EnabledOnOs(value = OS.LINUX, disabledReason = "prlimit is a program of Linux")
  @ParameterizedTest
  @ValueSource(strings = {"ws", "wss"})
  void dialsAfterThreadShortage(String scheme) throws Exception {
    try (TestingCloud cloud = echo(scheme);
        Dialing dialing = new Dialing(folder, true)) {
      dialing.connectTo(cloud.uri(), 15_000);
      ThreadQuota quota = dialing.quota();
      quota.exhaust();
      for (int i = 0; i < 3; i++) {
        assertThat(dialing.dial()).matches("echoed|failed: .*unable to create .*");
      }
      quota.restore();
      assertThat(dialing.dial()).isEqualTo("echoed");
    }
  }

  @EnabledOnOs(value = OS.LINUX, disabledReason = "prlimit is a program of Linux")
  @ParameterizedTest
  @ValueSource(strings = {"ws", "wss"})
  void connectTimeoutHoldsDuringThreadShortage(String scheme) throws Exception {
    try (ScriptedCloud cloud = ScriptedCloud.silent();
        Dialing dialing = new Dialing(folder, true)) {
      dialing.connectTo(uri(scheme, cloud), 2_000);
      ThreadQuota quota = dialing.quota();
      quota.exhaust();
      for (int i = 0; i < 3; i++) {
        assertThat(dialing.dial()).contains("no answer within 2 s, while ");
      }
    }
  }

  @EnabledOnOs(value = OS.LINUX, disabledReason = "prlimit is a program of Linux")
  @Test
  void programServesAndStopsAfterThreadShortage() throws Exception {
    try (TestingCloud cloud = TunnelProgram.echo();
        TunnelProgram program =
            TunnelProgram.withThreadQuota(folder, TunnelProgram.settings(cloud))) {
      int port = program.awaitPort();
      ThreadQuota quota = ThreadQuota.of(folder, program.innermost().pid());
      quota.exhaust();
      try (Socket waiting = ProgramBench.connect(port)) {
        assertThat(waiting.isConnected()).isTrue();
        program.await("unable to create native thread");
        quota.restore();
        Await.until("served again", () -> isServed(port));
      }
      assertThat(program.terminate()).isZero();
    }
  }

  private static boolean isServed(int port) {
    try (Socket socket = TunnelProgram.connectAndExchange(port)) {
      return socket.isConnected();
    } catch (IOException | AssertionError e) {
      return false; // The program was still without threads.
    }
  }
}
