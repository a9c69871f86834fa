package io.github.devicetunnel.it.drivers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.devicetunnel.NamedSocketFactory;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelSocketFactory;
import io.github.devicetunnel.it.support.Await;
import io.github.devicetunnel.it.support.Cloud;
import io.github.devicetunnel.it.support.Leaks;
import io.github.devicetunnel.it.support.Service;
import io.github.devicetunnel.it.support.TestingCloud;
import io.github.devicetunnel.testing.ServiceStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.Hashtable;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import javax.naming.CommunicationException;
import javax.naming.Context;
import javax.naming.NamingException;
import javax.naming.ldap.InitialLdapContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The LDAP client of the JDK takes the name of a factory class and calls its static getDefault().
 * With a connect timeout it connects the socket itself, otherwise the factory does.
 */
final class LdapSocketFactoryTest {
  private static final String HOST = "127.0.0.1";
  private static final String PASSWORD = "5ecret of the bind";

  @RegisterExtension final Leaks leaks = new Leaks();

  private final BlockingQueue<String> binds = new LinkedBlockingQueue<>();

  /** Answers every bind request of LDAP (RFC 4511) with success. */
  private void serveLdap(ServiceStream stream) throws IOException {
    DataInputStream in = new DataInputStream(stream.inputStream());
    while (true) {
      byte[] message;
      try {
        assertThat(in.readUnsignedByte()).as("SEQUENCE").isEqualTo(0x30);
        message = in.readNBytes(length(in));
      } catch (EOFException e) {
        return;
      }
      byte id = message[2];
      if (message[3] == 0x60) { // BindRequest
        binds.add(new String(message, UTF_8));
        stream
            .outputStream()
            .write(new byte[] {0x30, 12, 2, 1, id, 0x61, 7, 0x0a, 1, 0, 4, 0, 4, 0});
      }
    }
  }

  private static int length(DataInputStream in) throws IOException {
    int first = in.readUnsignedByte();
    int length = first < 0x80 ? first : 0;
    for (int i = 0x80; i < first; i++) {
      length = (length << 8) | in.readUnsignedByte();
    }
    return length;
  }

  @SuppressWarnings("JdkObsolete") // JNDI takes no other map
  private static Hashtable<String, String> settings(int port, Class<?> factory) {
    Hashtable<String, String> settings = new Hashtable<>();
    settings.put(Context.INITIAL_CONTEXT_FACTORY, "com.sun.jndi.ldap.LdapCtxFactory");
    settings.put(Context.PROVIDER_URL, "ldap://" + HOST + ":" + port);
    settings.put("java.naming.ldap.factory.socket", factory.getName());
    settings.put(Context.SECURITY_AUTHENTICATION, "simple");
    settings.put(Context.SECURITY_PRINCIPAL, "cn=plant");
    settings.put(Context.SECURITY_CREDENTIALS, PASSWORD);
    return settings;
  }

  /**
   * Starts a service at the address of a direct connection, which closes each connection at once.
   */
  private static Service direct() throws IOException {
    return Service.started(socket -> {});
  }

  private static void bind(Hashtable<String, String> settings) throws NamingException {
    new InitialLdapContext(settings, null).close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "20000"})
  void bindGoesThroughTunnel(String connectTimeout) throws Exception {
    try (Service direct = direct();
        TestingCloud cloud = TestingCloud.started();
        TunnelClient client = cloud.client("127.0.0.1:389").build()) {
      cloud.service().device(Cloud.DEVICE).onConnect("127.0.0.1:389", this::serveLdap);
      NamedSocketFactory.register(HOST, client.socketFactory());
      try {
        Hashtable<String, String> settings =
            settings(direct.address().getPort(), NamedSocketFactory.class);
        if (!connectTimeout.isEmpty()) {
          settings.put("com.sun.jndi.ldap.connect.timeout", connectTimeout);
        }

        Throwable failure = catchThrowable(() -> bind(settings));

        assertThat(direct.accepted()).as("direct connections").isZero();
        assertThat(failure).isNull();
        assertThat(Await.next(binds)).contains("cn=plant", PASSWORD);
        assertThat(cloud.service().requestCount()).isEqualTo(1);
      } finally {
        NamedSocketFactory.unregister(HOST);
      }
    }
  }

  /** The exception reports the fix, and no connection is opened. */
  @ParameterizedTest
  @ValueSource(strings = {"", "20000"})
  void clientSocketFactoryReportsMissingDefault(String connectTimeout) throws Exception {
    try (Service direct = direct()) {
      Hashtable<String, String> settings =
          settings(direct.address().getPort(), TunnelSocketFactory.class);
      if (!connectTimeout.isEmpty()) {
        settings.put("com.sun.jndi.ldap.connect.timeout", connectTimeout);
      }
      assertThatThrownBy(() -> bind(settings))
          .isInstanceOf(NamingException.class)
          .hasStackTraceContaining("NamedSocketFactory");
      assertThat(direct.accepted()).as("direct connections").isZero();
    }
  }

  @Test
  void reportsUnregisteredName() throws Exception {
    try (Service direct = direct()) {
      assertThatThrownBy(() -> bind(settings(direct.address().getPort(), NamedSocketFactory.class)))
          .isInstanceOf(CommunicationException.class)
          .hasStackTraceContaining("no tunnel client is registered under the name \"" + HOST);
      assertThat(direct.accepted()).as("direct connections").isZero();
    }
  }
}
