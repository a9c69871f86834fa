package io.github.devicetunnel.websocket;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Executor;
import okhttp3.Call;
import okhttp3.Headers;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;

/** Makes requests for websockets with one {@link OkHttpClient}. From any thread. */
public final class Upgrader {
  private static final SecureRandom RANDOM = new SecureRandom();

  private final OkHttpClient client;

  /**
   * Derives a client for upgrades from one that may be somebody else's: its pool, proxies, trust,
   * DNS and interceptors stay in force, and it is not changed.
   *
   * @param helpers runs lookups of names, which can be slow
   */
  public Upgrader(OkHttpClient base, Executor helpers) {
    this.client =
        base.newBuilder()
            // There is no upgrade in HTTP/2, and a plain call would agree to it in TLS.
            .protocols(List.of(Protocol.HTTP_1_1))
            .dns(new CancellableDns(base.dns(), helpers))
            .socketFactory(new NoDelaySocketFactory(base.socketFactory()))
            // The dial as a whole has a bound, given with each call; after it there is none.
            .readTimeout(Duration.ZERO)
            .writeTimeout(Duration.ZERO)
            .pingInterval(Duration.ZERO)
            .cache(null)
            // The last one, next to the network, so that it judges what the server really said.
            .addNetworkInterceptor(new UpgradeInterceptor())
            .build();
  }

  /**
   * Prepares a request.
   *
   * @param url with http or https for ws or wss
   * @param headers those of the application; the ones of RFC 6455 section 4.1 are added
   * @param authorization the value of that header, which holds a secret
   * @param timeout for all from DNS to the answer; zero for none
   */
  public Upgrade upgrade(HttpUrl url, Headers headers, String authorization, Duration timeout) {
    Authorization secret = new Authorization(authorization);
    Upgrade.Granted granted = new Upgrade.Granted();
    Request request =
        new Request.Builder()
            .url(url)
            .headers(headers)
            // Exactly this word: OkHttp hands the socket over for no other.
            .header("Connection", "Upgrade")
            .header("Upgrade", "websocket")
            .header("Sec-WebSocket-Version", "13")
            .header("Sec-WebSocket-Key", key())
            // Error bodies are read below the place where OkHttp would unpack them.
            .header("Accept-Encoding", "identity")
            .tag(Authorization.class, secret)
            .tag(Upgrade.Granted.class, granted)
            .build();
    Call call = client.newCall(request);
    call.timeout().timeout(NANOSECONDS.convert(timeout), NANOSECONDS);
    DialProgress progress = new DialProgress();
    call.addEventListener(progress);
    return new Upgrade(call, secret, granted, progress);
  }

  private static String key() {
    byte[] nonce = new byte[16];
    RANDOM.nextBytes(nonce);
    return Base64.getEncoder().encodeToString(nonce);
  }
}
