package io.github.devicetunnel.it.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.Credentials;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelStream;
import io.github.devicetunnel.it.support.Await;
import io.github.devicetunnel.it.support.Cloud;
import io.github.devicetunnel.it.support.EchoService;
import io.github.devicetunnel.it.support.TestingCloud;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Closed clients do not keep the class loader of an application that is undeployed. */
final class ClassLoaderTest {
  private static final Pattern APPLICATION =
      Pattern.compile("(tunnel-core|okhttp|okio|kotlin|slf4j-api|jackson|integration-tests)");

  /** The idle threads of OkHttp and Okio end after a minute. */
  private static final Duration DOCUMENTED = Duration.ofSeconds(75);

  private static final Duration MARGIN = Duration.ofSeconds(45);

  /** Code of the application. */
  public static final class Application implements BiConsumer<String, String> {
    @Override
    public void accept(String cloud, String service) {
      TunnelClient.Builder builder =
          TunnelClient.builder()
              .cloudUri(cloud)
              .credentials(Credentials.apiKey(Cloud.KEY))
              .deviceId(Cloud.DEVICE)
              .serviceAddress(service);
      try (TunnelClient client = builder.build();
          TunnelClient other = client.newBuilder().build()) {
        if (!service.endsWith(":1")) {
          exchange(client);
          exchange(other);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private static void exchange(TunnelClient client) throws IOException {
      try (TunnelStream stream = client.open()) {
        stream.outputStream().write('x');
        assertThatEqual(stream.inputStream().read(), 'x');
      }
    }

    private static void assertThatEqual(int actual, int expected) {
      if (actual != expected) {
        throw new AssertionError(actual + " is not " + expected);
      }
    }
  }

  private static WeakReference<ClassLoader> run(String cloud, String service) throws Exception {
    List<URL> path = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      if (APPLICATION.matcher(entry).find()) {
        path.add(Path.of(entry).toUri().toURL());
      }
    }
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    try (URLClassLoader loader =
        new URLClassLoader(path.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
      thread.setContextClassLoader(loader);
      Object application =
          loader.loadClass(Application.class.getName()).getDeclaredConstructor().newInstance();
      application
          .getClass()
          .getMethod("accept", String.class, String.class)
          .invoke(application, cloud, service);
      return new WeakReference<>(loader);
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  private static boolean isCollected(WeakReference<ClassLoader> loader) {
    System.gc();
    return loader.get() == null;
  }

  @Test
  void loaderIsCollectedAfterClose() throws Exception {
    WeakReference<ClassLoader> loader = run("ws://127.0.0.1:1", "127.0.0.1:1");
    Await.until("the collection of the class loader", () -> isCollected(loader));
  }

  @Test
  void loaderIsCollectedAfterTunnels() throws Exception {
    try (EchoService service = EchoService.started();
        TestingCloud cloud = TestingCloud.started()) {
      WeakReference<ClassLoader> loader = run(cloud.uri(), service.serviceAddress());
      assertThat(Await.within(DOCUMENTED.plus(MARGIN), () -> isCollected(loader))).isTrue();
    }
  }
}
