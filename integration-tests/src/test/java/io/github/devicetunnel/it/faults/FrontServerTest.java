package io.github.devicetunnel.it.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelStream;
import io.github.devicetunnel.it.support.Await;
import io.github.devicetunnel.it.support.Cloud;
import io.github.devicetunnel.it.support.Leaks;
import io.github.devicetunnel.it.support.RawConnection;
import io.github.devicetunnel.it.support.ScriptedCloud;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import okhttp3.Cookie;
import okhttp3.CookieJar;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A server in front of the cloud that uses sticky sessions or requires its own credentials. */
final class FrontServerTest {
  @RegisterExtension final Leaks leaks = new Leaks();
  private final BlockingQueue<RawConnection> upgrades = new LinkedBlockingQueue<>();

  private ScriptedCloud front() throws Exception {
    return ScriptedCloud.started(
        connection -> {
          upgrades.add(connection);
          String headers = "Connection: Upgrade\r\nSet-Cookie: node=a; Path=/";
          connection.write(connection.granted(headers, connection.accept()));
          connection.close(1000);
        });
  }

  private RawConnection next(TunnelClient client) throws Exception {
    try (TunnelStream stream = client.open()) {
      assertThat(stream.inputStream().read()).isEqualTo(-1);
    }
    return Await.next(upgrades);
  }

  @Test
  void answerCookieIsIgnored() throws Exception {
    try (ScriptedCloud front = front();
        TunnelClient client = front.client("127.0.0.1:80").build()) {
      assertThat(next(client).header("Cookie")).isNull();
      assertThat(next(client).header("Cookie")).isNull();
    }
  }

  @Test
  void configuredCookieIsSentWithCredential() throws Exception {
    try (ScriptedCloud front = front();
        TunnelClient client =
            front
                .client("127.0.0.1:80")
                .header("Cookie", "node=b")
                .header("X-Front-Key", "Basic 5ecret")
                .build()) {
      RawConnection upgrade = next(client);
      assertThat(upgrade.header("Cookie")).isEqualTo("node=b");
      assertThat(upgrade.header("X-Front-Key")).isEqualTo("Basic 5ecret");
      assertThat(upgrade.header("Authorization")).isEqualTo("Bearer " + Cloud.KEY);
    }
  }

  @Test
  void applicationCookieJarKeepsSessionSticky() throws Exception {
    List<Cookie> stored = new CopyOnWriteArrayList<>();
    CookieJar jar =
        new CookieJar() {
          @Override
          public void saveFromResponse(HttpUrl url, List<Cookie> cookies) {
            stored.addAll(cookies);
          }

          @Override
          public List<Cookie> loadForRequest(HttpUrl url) {
            return List.copyOf(stored);
          }
        };
    OkHttpClient http = new OkHttpClient.Builder().cookieJar(jar).build();
    try (ScriptedCloud front = front();
        TunnelClient client = front.client("127.0.0.1:80").okHttpClient(http).build()) {
      assertThat(next(client).header("Cookie")).isNull();
      assertThat(next(client).header("Cookie")).isEqualTo("node=a");
    } finally {
      http.dispatcher().executorService().shutdown();
    }
  }
}
