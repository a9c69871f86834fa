package io.github.devicetunnel.it.credentials;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.AppenderBase;
import io.github.devicetunnel.Credentials;
import io.github.devicetunnel.TokenSources;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelListener;
import io.github.devicetunnel.TunnelStream;
import io.github.devicetunnel.it.support.Cloud;
import io.github.devicetunnel.it.support.Jwts;
import io.github.devicetunnel.it.support.Leaks;
import io.github.devicetunnel.it.support.LocalEnd;
import io.github.devicetunnel.it.support.Loopback;
import io.github.devicetunnel.it.support.ScriptedCloud;
import io.github.devicetunnel.testing.Fault;
import io.github.devicetunnel.testing.TunnelService;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Checks that no output contains a secret, in every outcome and at every log level. */
@ExtendWith(Leaks.class)
class CredentialRedactionTest {
  private static final String WORD = "5ecretW0rd";
  private static final String KEY = "ak_" + WORD;
  private static final String SERVICE = "127.0.0.1:80";

  @TempDir Path folder;

  private final Queue<String> output = new ConcurrentLinkedQueue<>();
  private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  private final Level levelBefore = root.getLevel();
  private final Appender<ILoggingEvent> console = root.getAppender("console");
  private final AppenderBase<ILoggingEvent> appender =
      new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
          output.add(event.getFormattedMessage());
          output.add(ThrowableProxyUtil.asString(event.getThrowableProxy()));
        }
      };

  // A strong reference, because the JDK collects loggers that are not referenced.
  private final java.util.logging.Logger jdkLogger = java.util.logging.Logger.getLogger("okhttp3");
  private final java.util.logging.Level jdkLevelBefore = jdkLogger.getLevel();
  private final Handler handler =
      new Handler() {
        @Override
        public void publish(LogRecord event) {
          output.add(event.getMessage());
          if (event.getThrown() != null) {
            output.add(stack(event.getThrown()));
          }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  private TunnelService cloud;

  @BeforeEach
  void logEverything() throws IOException {
    root.detachAppender(console);
    appender.setContext(root.getLoggerContext());
    appender.start();
    root.addAppender(appender);
    root.setLevel(Level.TRACE);
    handler.setLevel(java.util.logging.Level.ALL);
    jdkLogger.addHandler(handler);
    jdkLogger.setLevel(java.util.logging.Level.ALL);
    jdkLogger.setUseParentHandlers(false);
    cloud = TunnelService.builder().apiKey(KEY).application("app1").build().start();
    cloud.device(Cloud.DEVICE).onConnect(SERVICE, stream -> {});
  }

  @AfterEach
  void restoreLogging() {
    cloud.close();
    root.setLevel(levelBefore);
    root.detachAppender(appender);
    root.addAppender(console);
    jdkLogger.removeHandler(handler);
    jdkLogger.setLevel(jdkLevelBefore);
    jdkLogger.setUseParentHandlers(true);
  }

  /** Returns the client of an application that logs its requests with all headers. */
  private OkHttpClient loggingClient() {
    Interceptor logging =
        chain -> {
          output.add(chain.request().url() + " " + chain.request().headers().toMultimap());
          return chain.proceed(chain.request());
        };
    return new OkHttpClient.Builder()
        .addInterceptor(logging)
        .addNetworkInterceptor(logging)
        .build();
  }

  private void use(Credentials credentials) {
    OkHttpClient http = loggingClient();
    try (TunnelClient client =
            TunnelClient.builder()
                .cloudUri(cloud.uri())
                .credentials(credentials)
                .deviceId(Cloud.DEVICE)
                .serviceAddress(SERVICE)
                .okHttpClient(http)
                .build();
        TunnelListener listener = client.listen(Loopback.anyPort())) {
      try (TunnelStream stream = client.open()) {
        output.add(stream + " " + client.stats());
      } catch (IOException e) {
        output.add(stack(e));
      }
      try (Socket local = LocalEnd.connect(listener)) {
        output.add(local + " " + catchThrowable(() -> local.getInputStream().read()));
      }
      output.add(client + " " + credentials + " " + listener);
    } catch (IOException e) {
      output.add(stack(e));
    }
    http.connectionPool().evictAll();
    assertNoSecret();
  }

  private static String stack(Throwable e) {
    StringWriter text = new StringWriter();
    e.printStackTrace(new PrintWriter(text));
    return text.toString();
  }

  private void assertNoSecret() {
    assertThat(output).isNotEmpty().allSatisfy(text -> assertThat(text).doesNotContain(WORD));
  }

  @Test
  void acceptedCredentialsAreNotShown() throws Exception {
    Path file = Files.writeString(folder.resolve("key"), KEY);
    use(Credentials.apiKey(KEY));
    use(Credentials.apiKey(request -> KEY));
    use(Credentials.apiKey(TokenSources.file(file)));
    use(Credentials.jwt("app1", Jwts.valid(WORD)));
    assertThat(cloud.upgrades()).allSatisfy(upgrade -> assertThat(upgrade.isGranted()).isTrue());
    assertThat(cloud.upgrades()).hasSize(8);
  }

  @Test
  void rejectedCredentialsAreNotShown() {
    use(Credentials.apiKey(KEY + "x"));
    use(Credentials.apiKey(request -> KEY + "x"));
    use(Credentials.jwt("app1", Jwts.expired(WORD)));
    use(Credentials.jwt("app1", request -> Jwts.expired(WORD)));
    for (int status : new int[] {302, 401, 403, 503}) {
      cloud.faults().onNextConnect(Fault.reject(status)).onNextConnect(Fault.reject(status));
      use(Credentials.apiKey(KEY));
    }
  }

  @Test
  void invalidCredentialsAreNotShown() {
    for (String value : new String[] {WORD + " " + WORD, WORD + "\r\n", WORD + "ü", WORD + "\0"}) {
      output.add(stack(catchThrowable(() -> Credentials.apiKey(value))));
      output.add(stack(catchThrowable(() -> Credentials.jwt("app1", value))));
      use(Credentials.apiKey(request -> value));
      use(Credentials.jwt("app1", request -> value));
    }
    use(Credentials.apiKey(request -> Jwts.valid(WORD)));
    use(Credentials.jwt("app1", request -> KEY));
    assertThat(cloud.requestCount()).isZero();
  }

  /** Debugging servers repeat the request in their answer. */
  @Test
  void redactsCredentialInAnswerOfCloud() throws Exception {
    for (String body : new String[] {"{\"message\": \"%s\"}", "<title>%s</title>", "no %s!"}) {
      for (String head : new String[] {"401 Bearer " + KEY, "302 No\r\nLocation: /?key=" + KEY}) {
        try (ScriptedCloud echo =
            ScriptedCloud.answering("HTTP/1.1 " + head, String.format(body, "Bearer " + KEY))) {
          try (TunnelClient client =
              echo.client(SERVICE).credentials(Credentials.apiKey(KEY)).build()) {
            Throwable failure = catchThrowable(client::open);
            assertThat(failure).hasMessageContaining("***");
            output.add(stack(failure));
          }
        }
      }
    }
    assertNoSecret();
  }

  @Test
  void credentialsAreNotShownIfCloudIsDown() {
    cloud.close();
    use(Credentials.apiKey(KEY));
    use(Credentials.apiKey(request -> KEY));
  }
}
