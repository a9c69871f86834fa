package io.github.devicetunnel.it.drivers;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.github.devicetunnel.NamedSocketFactory;
import io.github.devicetunnel.it.support.Await;
import io.github.devicetunnel.it.support.Leaks;
import io.github.devicetunnel.it.support.PostgresServer;
import io.github.devicetunnel.it.support.RandomBytes;
import io.github.devicetunnel.it.support.TunnelledSockets;
import java.io.IOException;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Base64;
import java.util.Collections;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.postgresql.copy.CopyIn;
import org.postgresql.copy.CopyManager;

/**
 * Tests PostgreSQL's JDBC driver over tunnels, alone and in HikariCP's pool. For a longer run, set
 * {@code -Dcopy.mib=100 -Dpool.size=50 -Dpool.seconds=60}.
 */
final class PostgresDriverTest {
  private static final int COPY_MIB = Integer.getInteger("copy.mib", 4);
  private static final int POOL_SIZE = Integer.getInteger("pool.size", 10);
  private static final int POOL_SECONDS = Integer.getInteger("pool.seconds", 2);

  private static final int ROWS_PER_MIB = 1024;

  @TempDir static Path serverFolder;
  @AutoClose private static PostgresServer server;

  @RegisterExtension final Leaks leaks = new Leaks();
  private TunnelledSockets sockets;

  @BeforeAll
  static void startServer() throws Exception {
    server = PostgresServer.started(serverFolder);
  }

  @BeforeEach
  void openSockets() throws Exception {
    sockets = TunnelledSockets.to(server.serviceAddress(), "postgres");
  }

  @AfterEach
  void closeSockets() {
    sockets.close();
  }

  /** The host must resolve, because the driver looks it up; the socket ignores it. */
  private static String url() {
    return "jdbc:postgresql://localhost/"
        + PostgresServer.DATABASE
        + "?user="
        + PostgresServer.SUPERUSER
        + "&socketFactoryArg=postgres&socketFactory="
        + NamedSocketFactory.class.getName();
  }

  private static Connection connect() throws SQLException {
    return DriverManager.getConnection(url());
  }

  @Test
  void runsQueries() throws Exception {
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery("SELECT sum(n) FROM generate_series(1, 99) n")) {
      assertThat(result.next()).isTrue();
      assertThat(result.getInt(1)).isEqualTo(4950);
    }
    assertThat(sockets.count()).isEqualTo(1);
  }

  /** From the fifth execution on, the driver uses a server-side prepared statement. */
  @Test
  void runsPreparedStatements() throws Exception {
    try (Connection connection = connect();
        PreparedStatement statement = connection.prepareStatement("SELECT ?::int, ?::text")) {
      for (int i = 0; i < 20; i++) {
        String text = "x".repeat(i * 10_000);
        statement.setInt(1, i);
        statement.setString(2, text);
        try (ResultSet result = statement.executeQuery()) {
          assertThat(result.next()).isTrue();
          assertThat(result.getInt(1)).isEqualTo(i);
          assertThat(result.getString(2)).isEqualTo(text);
        }
      }
    }
  }

  @Test
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void copiesInAndOut(TestReporter reporter) throws Exception {
    MessageDigest in = MessageDigest.getInstance("SHA-256");
    MessageDigest out = MessageDigest.getInstance("SHA-256");
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TEMPORARY TABLE copied (id text, line text)");
      CopyManager copy = connection.unwrap(PGConnection.class).getCopyAPI();
      CopyIn rows = copy.copyIn("COPY copied FROM STDIN");
      for (int i = 0; i < COPY_MIB; i++) {
        byte[] mebibyte = rows(i * ROWS_PER_MIB);
        in.update(mebibyte);
        rows.writeToCopy(mebibyte, 0, mebibyte.length);
      }
      assertThat(rows.endCopy()).isEqualTo((long) COPY_MIB * ROWS_PER_MIB);

      OutputStream copied = new DigestOutputStream(OutputStream.nullOutputStream(), out);
      copy.copyOut("COPY (SELECT id, line FROM copied ORDER BY id) TO STDOUT", copied);
      assertThat(out.digest()).isEqualTo(in.digest());
    }
    reporter.publishEntry("copied", COPY_MIB + " MiB in and out");
  }

  /** Returns one mebibyte of rows in the text format of COPY. */
  private static byte[] rows(int first) {
    RandomBytes random = new RandomBytes(first, Long.MAX_VALUE);
    Base64.Encoder base64 = Base64.getEncoder().withoutPadding();
    return IntStream.range(first, first + ROWS_PER_MIB)
        .mapToObj(id -> "%07d\t%s\n".formatted(id, base64.encodeToString(bytes(random))))
        .collect(Collectors.joining())
        .getBytes(US_ASCII);
  }

  /** Returns the random bytes of a row of 1 KiB. */
  private static byte[] bytes(RandomBytes random) {
    try {
      return random.readNBytes(761);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** The driver sends the cancel request through a second tunnel. */
  @Test
  void cancelsRunningQuery() throws Exception {
    Jdbc.cancel(
        PostgresDriverTest::connect,
        "SELECT pg_sleep(60)",
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'",
        "canceling statement due to user request");
    assertThat(sockets.count()).isEqualTo(3);
  }

  @Test
  void networkTimeoutClosesConnection() throws Exception {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      connection.setNetworkTimeout(Runnable::run, 200);
      assertThat(connection.getNetworkTimeout()).isEqualTo(200);
      assertThatThrownBy(() -> statement.execute("SELECT pg_sleep(60)"))
          .isInstanceOf(SQLException.class)
          .hasRootCauseInstanceOf(SocketTimeoutException.class);
      assertThat(connection.isClosed()).isTrue();
    }
  }

  /** The driver polls for notifications by reads with a short timeout. */
  @Test
  void receivesNotifications() throws Exception {
    try (Connection listening = connect();
        Connection notifying = connect();
        Statement listen = listening.createStatement();
        Statement notify = notifying.createStatement()) {
      listen.execute("LISTEN news");
      PGConnection channel = listening.unwrap(PGConnection.class);
      for (int i = 0; i < 20; i++) {
        assertThat(channel.getNotifications()).isNullOrEmpty();
        assertThat(channel.getNotifications(10)).isNullOrEmpty();
        notify.execute("NOTIFY news, '" + i + "'");
        PGNotification[] news = channel.getNotifications((int) Await.LONG.toMillis());
        assertThat(news).hasSize(1);
        assertThat(news[0].getParameter()).isEqualTo(Integer.toString(i));
      }
    }
  }

  @Test
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void poolRunsConcurrentQueries(TestReporter reporter) throws Exception {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(url());
    config.setMaximumPoolSize(POOL_SIZE);
    config.setMaxLifetime(30_000);
    ExecutorService threads = Executors.newFixedThreadPool(2 * POOL_SIZE);
    try (HikariDataSource pool = new HikariDataSource(config)) {
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(POOL_SECONDS);
      Callable<Integer> work = () -> query(pool, end);
      long queries = 0;
      for (Future<Integer> done : threads.invokeAll(Collections.nCopies(2 * POOL_SIZE, work))) {
        queries += done.get();
      }
      reporter.publishEntry(
          "pool of " + POOL_SIZE,
          queries + " queries over " + sockets.count() + " connections, 0 errors");
      // A loaded machine fills the pool only after the work.
      Await.until(() -> sockets.count() >= POOL_SIZE);
    } finally {
      threads.shutdownNow();
      assertThat(threads.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
    }
  }

  /** Runs queries with results of different sizes until {@code end}, and returns their number. */
  private static int query(HikariDataSource pool, long end) throws SQLException {
    int count = 0;
    do {
      int size = count % 100 * 1000;
      try (Connection connection = pool.getConnection();
          PreparedStatement statement = connection.prepareStatement("SELECT repeat('x', ?)")) {
        statement.setInt(1, size);
        try (ResultSet result = statement.executeQuery()) {
          assertThat(result.next()).isTrue();
          assertThat(result.getString(1)).hasSize(size).matches("x*");
        }
      }
      count++;
    } while (System.nanoTime() - end < 0);
    return count;
  }
}
