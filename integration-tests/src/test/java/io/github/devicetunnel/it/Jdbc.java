package io.github.devicetunnel.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CompletableFuture;

/** What is tried with every JDBC driver. */
final class Jdbc {
  /** Makes a connection. */
  interface Connector {
    Connection connect() throws SQLException;
  }

  private Jdbc() {}

  /**
   * Cancels a statement that sleeps, over a connection of its own, and goes on with the first one.
   *
   * @param sleep takes much longer than a test may
   * @param sleepers returns how many statements are asleep in the server
   * @param message what the one that was cancelled fails with
   */
  static void cancel(Connector connector, String sleep, String sleepers, String message)
      throws Exception {
    try (Connection connection = connector.connect();
        Statement statement = connection.createStatement()) {
      CompletableFuture<Throwable> query =
          CompletableFuture.supplyAsync(() -> catchThrowable(() -> statement.execute(sleep)));
      await(connector, sleepers);
      statement.cancel();

      assertThat(Await.get(query)).isInstanceOf(SQLException.class).hasMessageContaining(message);
      assertThat(connection.isValid(10)).isTrue();
    }
  }

  private static void await(Connector connector, String count) throws SQLException {
    try (Connection connection = connector.connect();
        PreparedStatement statement = connection.prepareStatement(count)) {
      Await.until(() -> firstInt(statement) > 0);
    }
  }

  private static int firstInt(PreparedStatement statement) {
    try (ResultSet result = statement.executeQuery()) {
      assertThat(result.next()).isTrue();
      return result.getInt(1);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }
}
