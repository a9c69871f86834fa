package io.github.devicetunnel.it.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Tests the report on the processes of a failed test, and the end of these processes. */
@DisabledOnOs(OS.WINDOWS)
final class TestProcessTest {
  private static final String WRITES_AND_WAITS = "echo to out; echo to err >&2; sleep 1000; true";

  @TempDir Path folder;

  private TestProcess start() throws Exception {
    return TestProcess.start(ProgramRun.prepare(folder, List.of("sh", "-c", WRITES_AND_WAITS)));
  }

  @Test
  void expiredWaitReportsProcessesAndThreads() throws Exception {
    TestProcess process = start();
    assertThat(process.inputReader().readLine()).isEqualTo("to out");
    assertThat(process.errorReader().readLine()).isEqualTo("to err");
    assertThat(Await.expired("a third line"))
        .hasMessageContaining("in vain for a third line")
        .hasMessageContaining("process " + process.pid() + ", alive: sh -c echo")
        .hasMessageContaining("standard output:\nto out\n")
        .hasMessageContaining("standard error:\nto err\n")
        .hasMessageContaining("expiredWaitReportsProcessesAndThreads");
    process.end();
    assertThat(Await.expired("more")).hasMessageContaining(process.pid() + ", exit code 137");
  }

  @Test
  void reportsThreadsOfJvm() throws Exception {
    try (TestingCloud cloud = TunnelProgram.echo();
        TunnelProgram program = TunnelProgram.start(folder, TunnelProgram.settings(cloud))) {
      int port = program.awaitPort();
      assertThat(Await.expired("nothing"))
          .hasMessageContaining("Listening on 127.0.0.1:" + port)
          .hasMessageContaining("threads of JVM")
          .hasMessageContaining("at io.github.devicetunnel.cli.");
    }
  }

  @Test
  void leftoverProcessIsKilledAndFailsTest() throws Exception {
    TestProcess process = start();
    assertThat(process.inputReader().readLine()).isEqualTo("to out");
    Await.until(() -> process.tree().size() == 2);
    List<ProcessHandle> tree = process.tree();
    assertThatThrownBy(() -> TestProcess.Watch.endAllBut(Set.of()))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("left behind")
        .hasMessageContaining("sleep 1000");
    assertThat(TestProcess.haveEnded(tree)).isTrue();
  }
}
