package io.github.devicetunnel.it.program;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.it.support.Await;
import io.github.devicetunnel.it.support.Cloud;
import io.github.devicetunnel.it.support.Leaks;
import io.github.devicetunnel.it.support.ProgramBench;
import io.github.devicetunnel.it.support.ProgramRun;
import io.github.devicetunnel.testing.Fault;
import io.github.devicetunnel.testing.TestDirectory;
import io.github.devicetunnel.testing.TunnelService;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The list of many devices, with the program as a process. */
@EnabledOnOs(OS.LINUX)
final class DevicesProgramTest {
  private static final int DEVICES = 10_000;
  private static final String HEAP = "-Xmx64m";

  @RegisterExtension final Leaks leaks = new Leaks();
  @TempDir Path folder;
  private ProgramBench bench;
  private TestDirectory directory;

  @BeforeEach
  void addDevices() throws Exception {
    bench = new ProgramBench(folder);
    TunnelService service = bench.cloud().service();
    // The bench has one device.
    for (int i = 1; i < DEVICES; i++) {
      service
          .device(String.format("%032x", i))
          .name("device-" + i)
          .serialNumber("SN" + i)
          .customAttribute("plant", "north");
    }
    service.device(Cloud.DEVICE).name("last");
    directory = service.directory();
  }

  @AfterEach
  void stop() {
    bench.close();
  }

  @Test
  void listsManyDevicesWithSmallHeap() throws Exception {
    String ids =
        bench.program("devices", "--output=ids").variable("TUNNEL_JAVA_OPTS", HEAP).succeed();

    assertThat(ids.lines()).hasSize(DEVICES).doesNotHaveDuplicates();
    assertThat(directory.requests()).hasSize(DEVICES / 1_000);
  }

  /** The list ends when its reader has read enough, and reports a disk that is full. */
  @Test
  void stopsWhenOutputCannotBeWritten() throws Exception {
    ProgramRun.Builder full = bench.program("devices").output(Path.of("/dev/full"));
    ProgramRun.Outcome outcome = full.run();
    assertThat(outcome.exitCode()).as(outcome.toString()).isEqualTo(8);
    assertThat(outcome.err()).startsWith("tunnel: standard output cannot be written: ");
    int requests = directory.requests().size();
    assertThat(requests).isLessThan(DEVICES / 1_000);
  }

  private static boolean contains(Path file, String text) {
    try {
      return Files.exists(file) && Files.readString(file).contains(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void printsFirstPageBeforeSecondArrives() throws Exception {
    directory.onNextRequest(Fault.none()).onNextRequest(Fault.hang());
    Path output = folder.resolve("devices.txt");
    try (ProgramRun program = bench.program("devices").output(output).start()) {
      Await.until("the first lines", () -> contains(output, "device-900 "));
      assertThat(directory.requests()).hasSizeLessThanOrEqualTo(2);
      program.terminate();
      assertThat(program.await().exitCode()).isEqualTo(143);
    }
  }
}
