package io.github.devicetunnel.it.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.devicetunnel.it.support.Await;
import io.github.devicetunnel.it.support.ProgramBench;
import io.github.devicetunnel.it.support.TunnelProgram;
import io.github.devicetunnel.testing.Fault;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** Scenes for the options that limit dials and rates. */
@SuppressWarnings("try") // a scene closes a socket early
final class LimitOptionScenes {
  private LimitOptionScenes() {}

  static Map<String, OptionScene> scenes() {
    Map<String, OptionScene> scenes = new LinkedHashMap<>();
    scenes.put("--max-dials", LimitOptionScenes::maxDials);
    scenes.put("--max-backoff", LimitOptionScenes::maxBackoff);
    scenes.put("--rate-limit", bench -> rate(bench, "--rate-limit=2k"));
    scenes.put("--total-rate-limit", bench -> rate(bench, "--total-rate-limit=2k"));
    return scenes;
  }

  private static void maxDials(ProgramBench bench) throws Exception {
    bench.cloud().service().faults().onNextConnect(Fault.hang());
    try (TunnelProgram program = bench.listen("--max-dials=1")) {
      int port = program.awaitPort();
      try (Socket first = ProgramBench.connect(port);
          Socket second = connectAfterFirst(bench, port)) {
        second.getOutputStream().write('x');
        second.setSoTimeout(300);
        assertThatThrownBy(() -> second.getInputStream().read())
            .isInstanceOf(SocketTimeoutException.class);
        first.setSoLinger(true, 0);
        first.close();
        second.setSoTimeout((int) Await.LONG.toMillis());
        assertThat(second.getInputStream().read()).isEqualTo('x');
      }
    }
  }

  private static Socket connectAfterFirst(ProgramBench bench, int port) throws Exception {
    Await.until(() -> bench.cloud().service().requestCount() == 1);
    return ProgramBench.connect(port);
  }

  private static void maxBackoff(ProgramBench bench) throws Exception {
    bench.cloud().service().faults().onNextConnects(3, Fault.reject(503));
    try (TunnelProgram program = bench.listen("--output=json", "--max-backoff=0")) {
      int port = program.awaitJsonPort();
      for (int i = 0; i < 3; i++) {
        try (Socket rejected = ProgramBench.connect(port)) {
          ProgramBench.awaitEnd(rejected);
        }
      }
      ProgramBench.connected(port).close();
      assertThat(program.output()).contains("\"rejected\"").doesNotContain("\"backoff\"");
    }
  }

  /** The first piece of bytes is not delayed, and the next one waits for it. */
  private static void rate(ProgramBench bench, String option) throws Exception {
    try (TunnelProgram program = bench.listen(option);
        Socket local = ProgramBench.connect(program.awaitPort())) {
      local.getOutputStream().write(new byte[4_000]);
      assertThat(local.getInputStream().read()).isZero();
      long start = System.nanoTime();
      local.getInputStream().readNBytes(3_999);
      local.getOutputStream().write('x');
      assertThat(local.getInputStream().read()).isEqualTo('x');
      assertThat(System.nanoTime() - start).isGreaterThan(Duration.ofMillis(500).toNanos());
    }
  }
}
