package io.github.devicetunnel.it.program;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.it.support.Externals;
import io.github.devicetunnel.it.support.PackagedProgram;
import io.github.devicetunnel.it.support.PostgresServer;
import io.github.devicetunnel.it.support.ProgramRun.Outcome;
import io.github.devicetunnel.it.support.ServerProgram;
import io.github.devicetunnel.it.support.TestingCloud;
import io.github.devicetunnel.it.support.WebServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Common clients, run by {@code tunnel exec}. */
final class ExecProgramsTest {
  @TempDir Path folder;
  private TestingCloud cloud;

  @BeforeEach
  void start() throws IOException {
    cloud = TestingCloud.started();
  }

  @AfterEach
  void stop() {
    cloud.close();
  }

  private Outcome exec(String serviceAddress, String... command) throws Exception {
    String[] arguments = new String[command.length + 4];
    System.arraycopy(new String[] {"exec", "--service", serviceAddress, "--"}, 0, arguments, 0, 4);
    System.arraycopy(command, 0, arguments, 4, command.length);
    return PackagedProgram.in(folder, cloud, arguments).run();
  }

  private static void assertQuiet(Outcome outcome) {
    assertThat(outcome.err().lines()).as(outcome.toString()).hasSize(1);
    assertThat(outcome.err()).startsWith("Listening on 127.0.0.1:");
  }

  @Test
  void programDoesNotInheritLauncherVariables() throws Exception {
    Outcome outcome = exec("127.0.0.1:80", "env");

    assertThat(outcome.out()).contains("TUNNEL_PORT=");
    assertThat(outcome.out())
        .doesNotContain("MALLOC_ARENA_MAX", "_JAVA_SR_SIGNUM", "TUNNEL_LAUNCHER")
        .doesNotContain("UTF-8", "TUNNEL_TERMINAL", "API_KEY_ARGUMENT");
    assertThat(outcome.out()).contains("LC_ALL=C\n");
  }

  @Test
  void psqlReturnsResultsAndExitCodes(@TempDir Path serverFolder) throws Exception {
    String psql = Externals.postgresProgram("psql");
    try (PostgresServer server = PostgresServer.started(serverFolder)) {
      String[] query = {
        psql, "-XqAt", "-h", "{host}", "-p", "{port}", "-U", PostgresServer.SUPERUSER, "-c"
      };
      Outcome sum = exec(server.serviceAddress(), with(query, "SELECT 40 + 2"));
      assertThat(sum.out()).isEqualTo("42\n");
      assertThat(sum.exitCode()).isZero();
      assertQuiet(sum);

      assertThat(exec(server.serviceAddress(), with(query, "SELECT 1 / 0")).exitCode())
          .isEqualTo(1);
    }
  }

  @Test
  void redisCliSetsValue(@TempDir Path serverFolder) throws Exception {
    String redis = Externals.program("redis-server");
    String cli = Externals.program("redis-cli");
    List<String> options = List.of("--save", "", "--dir", serverFolder.toString());
    try (ServerProgram server =
        ServerProgram.started(
            serverFolder,
            "TERM",
            "Ready to accept connections",
            port -> {
              List<String> line = new ArrayList<>();
              line.addAll(List.of(redis, "--bind", "127.0.0.1", "--port", "" + port));
              line.addAll(options);
              return line;
            })) {
      Outcome outcome =
          exec(server.serviceAddress(), cli, "-h", "{host}", "-p", "{port}", "SET", "a", "1");
      assertThat(outcome.out()).isEqualTo("OK\n");
      assertThat(outcome.exitCode()).isZero();
      assertQuiet(outcome);
    }
  }

  /**
   * The connection that {@code curl} keeps open for another request must neither delay the end nor
   * be reported.
   */
  @Test
  void curlKeepAliveConnectionIsNotReported() throws Exception {
    String curl = Externals.program("curl");
    try (WebServer server = WebServer.started()) {
      Outcome outcome =
          exec(
              server.serviceAddress(),
              "sh",
              "-c",
              "'" + curl + "' -s -o /dev/null -w '%{http_code}' http://$TUNNEL_HOST:$TUNNEL_PORT/");
      assertThat(outcome.out()).matches("\\d{3}").isNotEqualTo("000");
      assertThat(outcome.exitCode()).isZero();
      assertQuiet(outcome);
    }
  }

  private static String[] with(String[] command, String last) {
    String[] all = Arrays.copyOf(command, command.length + 1);
    all[command.length] = last;
    return all;
  }
}
