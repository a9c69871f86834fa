package io.github.devicetunnel.it.drivers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.devicetunnel.NamedSocketFactory;
import io.github.devicetunnel.it.support.Digest;
import io.github.devicetunnel.it.support.Externals;
import io.github.devicetunnel.it.support.Leaks;
import io.github.devicetunnel.it.support.ProgramRun;
import io.github.devicetunnel.it.support.RandomBytes;
import io.github.devicetunnel.it.support.ServerProgram;
import io.github.devicetunnel.it.support.TunnelledSockets;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Tests MariaDB's JDBC driver against Debian's MariaDB server through tunnels. */
final class MariaDbDriverTest {
  /** The only value that the driver passes to its sockets. An address avoids a DNS query. */
  private static final String HOST = "192.0.2.7";

  private static final String USER = "root";
  private static final long COUNT = 8 << 20;

  @TempDir static Path serverFolder;
  @AutoClose private static ServerProgram server;

  @RegisterExtension final Leaks leaks = new Leaks();
  private TunnelledSockets sockets;

  @BeforeAll
  static void startServer() throws Exception {
    String mariadbd = Externals.program("mariadbd");
    Path data = serverFolder.resolve("data");
    List<String> create =
        List.of(
            Externals.program("mariadb-install-db"),
            "--no-defaults",
            "--datadir=" + data,
            "--user=" + System.getProperty("user.name"),
            "--auth-root-authentication-method=normal",
            "--skip-test-db",
            "--skip-name-resolve",
            "--innodb-log-file-size=4M");
    ProgramRun.in(serverFolder, create).succeed();
    server =
        ServerProgram.started(
            serverFolder, "TERM", "ready for connections", port -> command(mariadbd, data, port));
  }

  private static List<String> command(String mariadbd, Path data, int port) {
    return List.of(
        mariadbd,
        "--no-defaults",
        "--datadir=" + data,
        "--user=" + System.getProperty("user.name"),
        "--bind-address=127.0.0.1",
        "--port=" + port,
        "--socket=" + serverFolder.resolve("socket"),
        "--skip-name-resolve",
        "--innodb-log-file-size=4M",
        "--innodb-flush-log-at-trx-commit=0");
  }

  @BeforeEach
  void openSockets() throws Exception {
    sockets = TunnelledSockets.to(server.serviceAddress(), HOST);
  }

  @AfterEach
  void closeSockets() {
    sockets.close();
  }

  private static Connection connect() throws SQLException {
    String sockets = NamedSocketFactory.class.getName();
    return DriverManager.getConnection(
        "jdbc:mariadb://" + HOST + "/mysql?user=" + USER + "&socketFactory=" + sockets);
  }

  @Test
  void runsPreparedQueries() throws Exception {
    try (Connection connection = connect();
        PreparedStatement statement = connection.prepareStatement("SELECT ?, repeat('x', ?)")) {
      for (int i = 0; i < 20; i++) {
        int size = i * 10_000;
        statement.setInt(1, i);
        statement.setInt(2, size);
        try (ResultSet result = statement.executeQuery()) {
          assertThat(result.next()).isTrue();
          assertThat(result.getInt(1)).isEqualTo(i);
          assertThat(result.getString(2)).isEqualTo("x".repeat(size));
        }
      }
    }
    assertThat(sockets.count()).isEqualTo(1);
  }

  @Test
  void transfersLargeValues() throws Exception {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TEMPORARY TABLE mysql.files (content LONGBLOB)");
      try (PreparedStatement insert =
          connection.prepareStatement("INSERT INTO mysql.files VALUES (?)")) {
        insert.setBinaryStream(1, new RandomBytes(1, COUNT), COUNT);
        assertThat(insert.executeUpdate()).isEqualTo(1);
      }
      try (ResultSet result = statement.executeQuery("SELECT content FROM mysql.files")) {
        assertThat(result.next()).isTrue();
        try (InputStream content = result.getBinaryStream(1)) {
          assertThat(Digest.of(content)).isEqualTo(RandomBytes.digest(1, COUNT));
        }
      }
    }
  }

  /** The driver sends the cancel request through a second tunnel. */
  @Test
  void cancelsRunningQuery() throws Exception {
    Jdbc.cancel(
        MariaDbDriverTest::connect,
        "SELECT 1 FROM (SELECT sleep(60)) s",
        "SELECT count(*) FROM information_schema.processlist WHERE state = 'User sleep'",
        "Query execution was interrupted");
    assertThat(sockets.count()).isEqualTo(3);
  }

  @Test
  void networkTimeoutClosesConnection() throws Exception {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      connection.setNetworkTimeout(Runnable::run, 200);
      assertThatThrownBy(() -> statement.executeQuery("SELECT sleep(60)"))
          .isInstanceOf(SQLException.class)
          .hasRootCauseInstanceOf(SocketTimeoutException.class);
      assertThat(connection.isClosed()).isTrue();
    }
  }
}
