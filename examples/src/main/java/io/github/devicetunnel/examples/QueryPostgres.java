package io.github.devicetunnel.examples;

import static java.util.Objects.requireNonNull;

import io.github.devicetunnel.Credentials;
import io.github.devicetunnel.NamedSocketFactory;
import io.github.devicetunnel.TunnelClient;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.Properties;

/**
 * Queries PostgreSQL on a device with JDBC. The driver creates its sockets from a class name and a
 * string argument, so the socket factory of the client is registered under a name.
 *
 * <p>Arguments: the cloud URI, the device ID, the database user, the query. The access key is read
 * from {@code TUNNEL_API_KEY}.
 */
public final class QueryPostgres {
  private static final String NAME = "plant";

  public static void main(String[] args) throws Exception {
    Properties properties = new Properties();
    properties.setProperty("user", args[2]);
    properties.setProperty("socketFactory", NamedSocketFactory.class.getName());
    properties.setProperty("socketFactoryArg", NAME);
    try (TunnelClient client =
        TunnelClient.builder()
            .cloudUri(args[0])
            .credentials(Credentials.apiKey(requireNonNull(System.getenv("TUNNEL_API_KEY"))))
            .deviceId(args[1])
            .serviceAddress("127.0.0.1:5432")
            .build()) {
      NamedSocketFactory.register(NAME, client.socketFactory());
      // The driver resolves this host and connects to it through the tunnel.
      String url = "jdbc:postgresql://localhost/postgres";
      try (Connection connection = DriverManager.getConnection(url, properties);
          Statement statement = connection.createStatement();
          ResultSet result = statement.executeQuery(args[3])) {
        while (result.next()) {
          System.out.println(result.getString(1));
        }
      } finally {
        NamedSocketFactory.unregister(NAME);
      }
    }
  }
}
