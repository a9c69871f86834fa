package io.github.devicetunnel.directory;

import io.github.devicetunnel.ConnectionInfo;
import io.github.devicetunnel.DialTimings;
import io.github.devicetunnel.Target;
import io.github.devicetunnel.TargetResolver;
import io.github.devicetunnel.TunnelEventListener;
import io.github.devicetunnel.TunnelRejectedException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A resolver whose hosts are device names of a {@link DeviceDirectory}, or device IDs, which need
 * no request. The port is that of the service.
 *
 * <pre>{@code
 * DirectoryResolver devices = DeviceDirectory.of(client).resolver();
 * TunnelClient fleet = client.newBuilder().addEventListener(devices.listener()).build();
 * Socket socket = fleet.socketFactory(devices).createSocket("turbine-7", 80);
 * }</pre>
 *
 * <p>The cache has at most 10,000 names. The ID of a device is used for five minutes. After that,
 * it is still used while the directory cannot be reached. Failures are used for 10 seconds, or, if
 * they may pass, for the time that the cloud requests in {@code Retry-After}, one second by
 * default. Several threads that need the same name at the same time cause one request.
 *
 * <p>Thread-safe. Names are case-sensitive, but some HTTP clients convert hosts to lower case.
 */
public final class DirectoryResolver implements TargetResolver {
  /** Finds a device by its name, as {@link DeviceDirectory#find}. */
  interface Finder {
    Device find(String name) throws IOException;
  }

  private final Finder directory;
  private final String serviceHost;
  private final ResolverCache cache; // guarded by this
  private final Map<String, CompletableFuture<@Nullable ResolvedName>> running =
      new HashMap<>(); // guarded by this

  /**
   * Creates a resolver.
   *
   * @param nanoTime the clock, as {@link System#nanoTime}
   */
  DirectoryResolver(Finder directory, String serviceHost, LongSupplier nanoTime) {
    Target unused = Target.of("0".repeat(32), serviceHost, 1); // checks the host
    this.directory = directory;
    this.serviceHost = serviceHost;
    this.cache = new ResolverCache(nanoTime);
  }

  /**
   * Returns the service of a device. Blocks while the directory is read.
   *
   * @param host the exact name of a device, or its ID
   * @param port from 1 to 65535
   * @return the target
   * @throws UnknownDeviceException if the host is not the name of a device
   * @throws ConnectException if the directory cannot be read, or several devices have this name;
   *     the cause is the {@link DirectoryException}
   * @throws InterruptedIOException if the thread is interrupted; its interrupt status stays set
   * @throws IllegalStateException if the client of the directory is closed
   */
  @Override
  public Target resolve(String host, int port) throws IOException {
    return Target.of(Device.isId(host) ? host : id(host), serviceHost, port);
  }

  private String id(String name) throws IOException {
    String defect = DirectoryText.nameDefect(name);
    if (defect != null) {
      throw new UnknownDeviceException(name, "no device can have this name: " + defect);
    }
    while (true) {
      CompletableFuture<@Nullable ResolvedName> mine = new CompletableFuture<>();
      CompletableFuture<@Nullable ResolvedName> other;
      synchronized (this) {
        ResolvedName cached = cache.current(name);
        if (cached != null) {
          return cached.id(name);
        }
        other = running.putIfAbsent(name, mine);
      }
      ResolvedName resolved = other == null ? lookUp(name, mine) : await(other);
      if (resolved != null) {
        return resolved.id(name);
      }
    }
  }

  private ResolvedName lookUp(String name, CompletableFuture<@Nullable ResolvedName> result)
      throws IOException {
    ResolvedName resolved = null;
    try {
      resolved = request(name);
      return resolved;
    } finally {
      synchronized (this) {
        running.remove(name);
      }
      result.complete(resolved); // null after an interrupt, which ends only this lookup
    }
  }

  private ResolvedName request(String name) throws IOException {
    try {
      Device device = directory.find(name);
      synchronized (this) {
        return cache.put(name, device.id());
      }
    } catch (UnknownDeviceException | DirectoryException e) {
      synchronized (this) {
        return cache.putFailure(name, e);
      }
    }
  }

  /** Returns the result of another thread, or null if that thread was interrupted. */
  private static @Nullable ResolvedName await(CompletableFuture<@Nullable ResolvedName> other)
      throws IOException {
    try {
      return other.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      InterruptedIOException interrupted = new InterruptedIOException("interrupted");
      interrupted.initCause(e);
      throw interrupted;
    } catch (ExecutionException e) {
      throw new AssertionError("never completed exceptionally", e);
    }
  }

  /**
   * Makes the next lookup of a device's name read the directory again, for example because the
   * cloud does not know the device any more. At most one such request is sent for a name in 10
   * seconds, because the same happens while a gateway is offline. Does not block.
   *
   * @param target a target that this resolver returned
   */
  public synchronized void forget(Target target) {
    cache.forget(target.deviceId());
  }

  /**
   * Returns an event listener that calls {@link #forget} when the cloud rejects a tunnel with 404.
   * Pass it to {@link io.github.devicetunnel.TunnelClient.Builder#addEventListener} of the client
   * that uses this resolver.
   *
   * @return a new listener
   */
  public TunnelEventListener listener() {
    return new Forgetting();
  }

  private final class Forgetting extends TunnelEventListener {
    private static final int NOT_FOUND = 404;

    @Override
    public void rejected(
        ConnectionInfo connection, TunnelRejectedException rejection, DialTimings timings) {
      if (rejection.statusCode() == NOT_FOUND) {
        forget(connection.target());
      }
    }
  }
}
