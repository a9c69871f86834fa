package io.github.devicetunnel.it.program;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.it.support.Await;
import io.github.devicetunnel.it.support.Cloud;
import io.github.devicetunnel.it.support.Leaks;
import io.github.devicetunnel.it.support.ProgramBench;
import io.github.devicetunnel.it.support.ProgramRun;
import io.github.devicetunnel.testing.TunnelService;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The option {@code --wait}, while the device is offline. */
@DisabledOnOs(OS.WINDOWS)
final class WaitOptionTest {
  private static final String MINUTES = "--wait=10m";

  @RegisterExtension final Leaks leaks = new Leaks();
  @TempDir Path folder;
  private ProgramBench bench;
  private TunnelService service;

  @BeforeEach
  void disconnectDevice() throws Exception {
    bench = new ProgramBench(folder);
    service = bench.cloud().service();
    service.device(Cloud.DEVICE).disconnect();
  }

  @AfterEach
  void stop() {
    bench.close();
  }

  private ProgramRun.Builder command(String name, String option) throws IOException {
    return switch (name) {
      case "exec" -> bench.program("exec", option, "--", "true");
      case "stdio" -> bench.stdio(bench.cloud(), option);
      default -> bench.program(name, option);
    };
  }

  @ParameterizedTest
  @ValueSource(strings = {"check", "exec", "stdio"})
  void commandSucceedsOnceDeviceIsConnected(String name) throws Exception {
    try (ProgramRun program = command(name, MINUTES).start()) {
      Await.until("further dials", () -> service.requestCount() >= 2);
      service.device(Cloud.DEVICE).connect();
      ProgramRun.Outcome outcome = program.await();
      assertThat(outcome.exitCode()).as(outcome.toString()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"check", "exec", "stdio"})
  void commandReportsLastFailureWhenTimeHasPassed(String name) throws Exception {
    ProgramRun.Outcome outcome = command(name, "--wait=4s").run();
    assertThat(outcome.exitCode()).as(outcome.toString()).isEqualTo(5);
    assertThat(Stream.of(outcome.out(), outcome.err()))
        .anyMatch(text -> text.contains("not connected"));
  }

  @Test
  void signalEndsWait() throws Exception {
    try (ProgramRun program = command("stdio", MINUTES).start()) {
      Await.until("first dial", () -> service.requestCount() >= 1);
      program.terminate();
      assertThat(program.await().exitCode()).isEqualTo(143);
    }
  }
}
