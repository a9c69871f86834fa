package io.github.devicetunnel.it.drivers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.devicetunnel.it.support.Await;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CompletableFuture;

/** Checks that the tests of all JDBC drivers share. */
final class Jdbc {
  /** Opens a connection. */
  interface Connector {
    Connection connect() throws SQLException;
  }

  private Jdbc() {}

  /**
   * Cancels a sleeping statement over a separate connection, and continues with the first
   * connection.
   *
   * @param sleep a statement that takes much longer than a test
   * @param sleepers a query that returns the number of sleeping statements in the server
   * @param message part of the message that the cancelled statement fails with
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
