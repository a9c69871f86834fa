package io.github.devicetunnel.it.drivers;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.it.support.Await;
import io.github.devicetunnel.it.support.CloudKind;
import io.github.devicetunnel.it.support.Externals;
import io.github.devicetunnel.it.support.Leaks;
import io.github.devicetunnel.it.support.PostgresServer;
import io.github.devicetunnel.it.support.ProgramRun;
import io.github.devicetunnel.it.support.ProgramRun.Outcome;
import io.github.devicetunnel.it.support.RandomBytes;
import io.github.devicetunnel.it.support.TunnelledPort;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests PostgreSQL and its clients through a tunnel. */
final class PostgresTest {
  private static final int ROWS = 150_000;
  private static final int RANDOM_BYTES_PER_ROW = 96;

  @TempDir static Path serverFolder;
  @AutoClose private static PostgresServer server;

  @RegisterExtension final Leaks leaks = new Leaks();
  @TempDir Path folder;

  @BeforeAll
  static void startServer() throws Exception {
    server = PostgresServer.started(serverFolder);
  }

  private ProgramRun.Builder client(String name, String port, String... arguments)
      throws IOException {
    List<String> line = new ArrayList<>(List.of(Externals.postgresProgram(name)));
    line.addAll(List.of("-h", "127.0.0.1", "-p", port, "-U", PostgresServer.SUPERUSER));
    line.addAll(List.of(arguments));
    return ProgramRun.in(folder, line);
  }

  /** Prepares psql, which prints only results and stops at the first statement that fails. */
  private ProgramRun.Builder psql(String port, String... statements) throws IOException {
    List<String> arguments = new ArrayList<>(List.of("-X", "-q", "-A", "-t"));
    arguments.addAll(List.of("-v", "ON_ERROR_STOP=1", "-d", PostgresServer.DATABASE));
    for (String statement : statements) {
      arguments.addAll(List.of("-c", statement));
    }
    return client("psql", port, arguments.toArray(String[]::new));
  }

  @ParameterizedTest
  @EnumSource(CloudKind.class)
  void runsQuery(CloudKind kind) throws Exception {
    try (TunnelledPort port = TunnelledPort.to(server.serviceAddress(), kind)) {
      assertThat(psql(port.number(), "SELECT sum(n) FROM generate_series(1, 1000) n").succeed())
          .isEqualTo("500500\n");
    }
  }

  /** The server computes the checksum, so that two errors cannot cancel each other out. */
  @ParameterizedTest
  @EnumSource(
      value = CloudKind.class,
      names = {"TESTING", "NODE"})
  void copiesInAndOut(CloudKind kind) throws Exception {
    Path rows = writeRows(folder.resolve("rows"));
    Path copy = folder.resolve("copy");
    try (TunnelledPort port = TunnelledPort.to(server.serviceAddress(), kind)) {
      String table = "copy_" + kind;
      psql(port.number(), "CREATE TABLE " + table + " (id int, line text)").succeed();
      psql(port.number(), "COPY " + table + " FROM STDIN").input(rows).succeed();

      String md5 = "SELECT md5(string_agg(format(E'%s\\t%s\\n', id, line), '' ORDER BY id)) FROM ";
      assertThat(psql(port.number(), md5 + table).succeed()).isEqualTo(md5(rows) + "\n");

      String all = "(SELECT id, line FROM " + table + " ORDER BY id)";
      psql(port.number(), "COPY " + all + " TO STDOUT").output(copy).succeed();
      assertThat(md5(copy)).isEqualTo(md5(rows));
    }
  }

  private static Path writeRows(Path file) throws IOException {
    RandomBytes bytes = new RandomBytes(1, (long) ROWS * RANDOM_BYTES_PER_ROW);
    try (BufferedWriter out = Files.newBufferedWriter(file, US_ASCII)) {
      for (int i = 0; i < ROWS; i++) {
        String line = Base64.getEncoder().encodeToString(bytes.readNBytes(RANDOM_BYTES_PER_ROW));
        out.write(i + "\t" + line + "\n");
      }
    }
    return file;
  }

  private static String md5(Path file) throws Exception {
    MessageDigest md5 = MessageDigest.getInstance("MD5");
    try (InputStream in = Files.newInputStream(file)) {
      byte[] buffer = new byte[64 << 10];
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        md5.update(buffer, 0, count);
      }
    }
    return HexFormat.of().formatHex(md5.digest());
  }

  @ParameterizedTest
  @EnumSource(
      value = CloudKind.class,
      names = {"TESTING", "NODE"})
  void servesTenClientsAtOnce(CloudKind kind) throws Exception {
    try (TunnelledPort port = TunnelledPort.to(server.serviceAddress(), kind)) {
      client("pgbench", port.number(), "-i", "-q", "postgres").succeed();
      assertThat(client("pgbench", port.number(), "-c", "10", "-t", "50", "postgres").succeed())
          .contains("number of transactions actually processed: 500/500");
    }
  }

  /** The client sends the cancel request over a second connection while the first one is silent. */
  @ParameterizedTest
  @EnumSource(CloudKind.class)
  void cancelsRunningQuery(CloudKind kind) throws Exception {
    String sleep = "SELECT pg_sleep(60) AS " + kind;
    try (TunnelledPort port = TunnelledPort.to(server.serviceAddress(), kind);
        ProgramRun psql = psql(port.number(), sleep).start()) {
      awaitRunning(sleep);
      psql.interrupt();

      Outcome outcome = psql.await();

      assertThat(outcome.err()).contains("canceling statement due to user request");
      assertThat(outcome.exitCode()).isEqualTo(1);
      assertThat(outcome.out()).isEmpty();
    }
  }

  /** Waits until the query runs, over a direct connection to the server. */
  private void awaitRunning(String query) throws Exception {
    String condition =
        "SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND query = '" + query + "'";
    psql(
            Integer.toString(server.port()),
            "SET statement_timeout = '" + Await.LONG.toSeconds() + "s'",
            "DO $$ BEGIN WHILE NOT EXISTS ("
                + condition
                + ") LOOP"
                + " PERFORM pg_sleep(0.01), pg_stat_clear_snapshot(); END LOOP; END $$")
        .succeed();
  }
}
