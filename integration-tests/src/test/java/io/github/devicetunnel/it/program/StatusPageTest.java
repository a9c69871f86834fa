package io.github.devicetunnel.it.program;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.it.support.Cloud;
import io.github.devicetunnel.it.support.Externals;
import io.github.devicetunnel.it.support.Leaks;
import io.github.devicetunnel.it.support.ProgramRun;
import io.github.devicetunnel.it.support.TestingCloud;
import io.github.devicetunnel.it.support.TunnelProgram;
import io.github.devicetunnel.testing.Fault;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Tests the status page of the packaged program in a browser. */
final class StatusPageTest {
  /** Markup that a device or cloud could inject into the page. */
  private static final String ATTACK =
      "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>";

  @RegisterExtension final Leaks leaks = new Leaks();
  @TempDir Path folder;

  private TestingCloud cloud;

  @BeforeEach
  void start() throws IOException {
    cloud = TunnelProgram.echo();
  }

  @AfterEach
  void stop() {
    cloud.close();
  }

  @Test
  void browserShowsConnectionsAndEscapesMarkup() throws Exception {
    cloud
        .service()
        .device(TunnelProgram.DEVICE)
        .faults()
        .onNextConnect(Fault.reject(500).message(ATTACK));
    try (TunnelProgram program =
        TunnelProgram.start(
            folder, TunnelProgram.settings(cloud), "--metrics-listen=127.0.0.1:0")) {
      String url = program.await("status page on (\\S+)");
      int port = program.awaitPort();
      TunnelProgram.connectAndExpectClose(port);
      try (Socket socket = TunnelProgram.connectAndExchange(port)) {
        ProgramRun.Outcome outcome = browse(url);
        assertThat(outcome.exitCode()).as(outcome.err()).isZero();
        assertThat(outcome.out())
            .contains("<title>1 open", ">ready</p>", ">127.0.0.1:" + port + "</td>")
            .contains(">127.0.0.1:" + socket.getLocalPort() + "</td>")
            .contains(">" + TunnelProgram.DEVICE + "/127.0.0.1:80</td>")
            .contains(">REJECTED</td>", "&lt;img src=x")
            .as("a rate, which requires two requests")
            .contains("B/s")
            .doesNotContain("<img", Cloud.KEY);
        assertThat(outcome.err()).doesNotContain("Content Security Policy", "Uncaught");
      }
    }
  }

  /** Returns the page after its script has run for a while. */
  private ProgramRun.Outcome browse(String url) throws Exception {
    return ProgramRun.in(
            folder,
            Externals.program("chromium"),
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--enable-logging=stderr",
            "--user-data-dir=" + folder.resolve("browser"),
            "--virtual-time-budget=3000",
            "--dump-dom",
            url)
        .run();
  }
}
