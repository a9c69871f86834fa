package io.github.devicetunnel.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.devicetunnel.Target;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.internal.cloud.ServiceError;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Resolves names with a directory and a clock that the test controls. */
class DirectoryResolverTest {
  private static final String NAME = "turbine-7";
  private static final String FIRST = DirectoryServer.id(1);
  private static final String SECOND = DirectoryServer.id(2);

  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5); // wraps around soon
  private final Map<String, String> devices = new HashMap<>(Map.of(NAME, FIRST));
  private final AtomicLong requests = new AtomicLong();
  private volatile IOException failure;

  private final DirectoryResolver resolver =
      new DirectoryResolver(this::find, "127.0.0.1", now::get);

  private Device find(String name) throws IOException {
    requests.incrementAndGet();
    if (failure != null) {
      throw failure;
    }
    String id = devices.get(name);
    if (id == null) {
      throw new UnknownDeviceException(name);
    }
    return new Device(id, name, null, null, null, null, null, Map.of(), null);
  }

  private void pass(Duration time) {
    now.addAndGet(time.toNanos());
  }

  private String resolve() throws IOException {
    return resolver.resolve(NAME, 80).deviceId();
  }

  private static DirectoryException rejected(int status, Duration retryAfter) {
    return DirectoryException.rejected(
        "status " + status, status, new ServiceError(true, null, null, null), retryAfter);
  }

  @Test
  void resolvesNameAndPort() throws Exception {
    assertThat(resolver.resolve(NAME, 2222)).isEqualTo(Target.of(FIRST, "127.0.0.1", 2222));
    DirectoryResolver other = new DirectoryResolver(this::find, "::1", now::get);
    assertThat(other.resolve(NAME, 80)).isEqualTo(Target.of(FIRST, "::1", 80));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new DirectoryResolver(this::find, "a b", now::get));
  }

  @Test
  void resolvesIdWithoutRequest() throws Exception {
    assertThat(resolver.resolve(SECOND, 80)).isEqualTo(Target.of(SECOND, "127.0.0.1", 80));
    assertThat(requests).hasValue(0);
  }

  @Test
  void cachesDeviceForFiveMinutes() throws Exception {
    resolve();
    devices.put(NAME, SECOND);
    pass(Duration.ofSeconds(299));
    assertThat(resolve()).isEqualTo(FIRST);
    assertThat(requests).hasValue(1);
    pass(Duration.ofSeconds(1));
    assertThat(resolve()).isEqualTo(SECOND);
    assertThat(requests).hasValue(2);
  }

  @Test
  void cachesUnknownNameForTenSeconds() throws Exception {
    devices.clear();
    assertThatThrownBy(this::resolve).isInstanceOf(UnknownDeviceException.class);
    devices.put(NAME, FIRST);
    pass(Duration.ofSeconds(9));
    assertThatThrownBy(this::resolve).isInstanceOf(UnknownDeviceException.class);
    assertThat(requests).hasValue(1);
    pass(Duration.ofSeconds(1));
    assertThat(resolve()).isEqualTo(FIRST);
  }

  @Test
  void rejectsInvalidNameWithoutRequest() {
    assertThatThrownBy(() -> resolver.resolve("a\u0007b", 80))
        .isInstanceOf(UnknownDeviceException.class)
        .hasMessage(
            "no device can have this name: name must not contain control characters, but is"
                + " \"a?b\"; remove them, or use the device ID");
    assertThat(requests).hasValue(0);
  }

  @Test
  void passesOnMessageOfDirectory() throws Exception {
    failure = rejected(403, null);
    assertThatThrownBy(this::resolve)
        .isInstanceOf(ConnectException.class)
        .hasMessage("status 403")
        .hasCause(failure);
    pass(Duration.ofSeconds(9));
    assertThatThrownBy(this::resolve).isInstanceOf(ConnectException.class);
    assertThat(requests).hasValue(1);
    failure = null;
    pass(Duration.ofSeconds(1));
    assertThat(resolve()).isEqualTo(FIRST);
  }

  @Test
  void waitsAsDirectoryRequests() throws Exception {
    failure = rejected(429, Duration.ofSeconds(60));
    assertThatThrownBy(this::resolve).isInstanceOf(ConnectException.class);
    failure = null;
    pass(Duration.ofSeconds(59));
    assertThatThrownBy(this::resolve).isInstanceOf(ConnectException.class);
    pass(Duration.ofSeconds(1));
    assertThat(resolve()).isEqualTo(FIRST);
    assertThat(requests).hasValue(2);
  }

  @Test
  void usesOldIdWhileDirectoryIsUnavailable() throws Exception {
    resolve();
    pass(Duration.ofHours(1));
    failure = rejected(503, null);
    assertThat(resolve()).isEqualTo(FIRST);
    assertThat(resolve()).isEqualTo(FIRST);
    assertThat(requests).hasValue(2);
    pass(Duration.ofSeconds(1));
    failure = rejected(401, null);
    assertThatThrownBy(this::resolve).isInstanceOf(ConnectException.class);
  }

  @Test
  void readsDirectoryAgainAfterDeviceWasForgotten() throws Exception {
    resolve();
    devices.put(NAME, SECOND);
    pass(Duration.ofSeconds(30));
    resolver.forget(Target.of(SECOND, "127.0.0.1", 80));
    assertThat(resolve()).isEqualTo(FIRST);
    resolver.forget(Target.of(FIRST, "127.0.0.1", 80));
    assertThat(resolve()).isEqualTo(SECOND);
    assertThat(requests).hasValue(2);
  }

  /** A gateway that is offline is also rejected with 404, for each connection. */
  @Test
  void limitsRequestsForForgottenDevice() throws Exception {
    for (int i = 0; i < 20; i++) {
      resolve();
      resolver.forget(Target.of(FIRST, "127.0.0.1", 80));
      pass(Duration.ofSeconds(1));
    }
    assertThat(requests).hasValue(2);
  }

  @Test
  void limitsCache() throws Exception {
    int names = ResolverCache.MAX_NAMES + 1;
    for (int i = 0; i < names; i++) {
      devices.put("pump-" + i, DirectoryServer.id(i));
      resolver.resolve("pump-" + i, 80);
    }
    resolver.resolve("pump-1", 80);
    assertThat(requests).hasValue(names);
    resolver.resolve("pump-0", 80);
    assertThat(requests).hasValue(names + 1);
  }

  @Test
  void sendsOneRequestForSimultaneousLookups() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    AtomicLong calls = new AtomicLong();
    DirectoryResolver slow =
        new DirectoryResolver(
            name -> {
              calls.incrementAndGet();
              await(release);
              return find(name);
            },
            "127.0.0.1",
            now::get);
    Phaser started = new Phaser(1 + 8);
    List<CompletableFuture<Target>> lookups =
        IntStream.range(0, 8)
            .mapToObj(
                i ->
                    CompletableFuture.supplyAsync(
                        () -> {
                          started.arrive();
                          try {
                            return slow.resolve(NAME, 80);
                          } catch (IOException e) {
                            throw new AssertionError(e);
                          }
                        }))
            .toList();
    started.arriveAndAwaitAdvance();
    release.countDown();
    for (CompletableFuture<Target> lookup : lookups) {
      assertThat(lookup.get(60, TimeUnit.SECONDS).deviceId()).isEqualTo(FIRST);
    }
    assertThat(calls).hasValue(1);
  }

  @Test
  void interruptEndsOnlyOneLookup() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    AtomicLong calls = new AtomicLong();
    DirectoryResolver interrupted =
        new DirectoryResolver(
            name -> {
              if (calls.incrementAndGet() > 1) {
                return find(name);
              }
              asked.countDown();
              try {
                new CountDownLatch(1).await();
                throw new AssertionError();
              } catch (InterruptedException e) {
                throw new InterruptedIOException("interrupted");
              }
            },
            "127.0.0.1",
            now::get);
    CompletableFuture<Throwable> first = new CompletableFuture<>();
    Thread leader =
        new Thread(
            () -> first.complete(catchThrowable(() -> interrupted.resolve(NAME, 80))),
            "test-leader");
    leader.start();
    assertThat(asked.await(60, TimeUnit.SECONDS)).isTrue();
    CompletableFuture<Target> second = new CompletableFuture<>();
    Thread follower =
        new Thread(
            () -> {
              try {
                second.complete(interrupted.resolve(NAME, 80));
              } catch (IOException e) {
                second.completeExceptionally(e);
              }
            },
            "test-follower");
    follower.start();

    leader.interrupt();

    assertThat(first.get(60, TimeUnit.SECONDS)).isInstanceOf(InterruptedIOException.class);
    assertThat(second.get(60, TimeUnit.SECONDS).deviceId()).isEqualTo(FIRST);
    leader.join();
    follower.join();
  }

  @Test
  void resolvesThroughDirectoryOfClient() throws Exception {
    try (DirectoryServer server = new DirectoryServer();
        TunnelClient client = server.client().build()) {
      server.answer(DirectoryServer.page(false, DirectoryServer.device(1, NAME)));
      DirectoryResolver real = DeviceDirectory.of(client).resolver();
      for (int i = 0; i < 3; i++) {
        assertThat(real.resolve(NAME, 80)).isEqualTo(Target.of(FIRST, "127.0.0.1", 80));
      }
      assertThat(server.requests()).hasSize(1);
    }
  }

  /** The server also rejects the tunnel with 404. */
  @Test
  void listenerForgetsDeviceAfterNotFound() throws Exception {
    try (DirectoryServer server = new DirectoryServer();
        TunnelClient client = server.client().maxBackoff(Duration.ZERO).build()) {
      server.reject(404, "not_found");
      TunnelClient fleet = client.newBuilder().addEventListener(resolver.listener()).build();
      try (fleet) {
        Target target = Target.of(resolve(), "127.0.0.1", 80);
        pass(Duration.ofSeconds(30));
        devices.put(NAME, SECOND);
        assertThatThrownBy(() -> fleet.open(target)).hasMessageContaining("404");
        assertThat(resolve()).isEqualTo(SECOND);
      }
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
