package io.github.devicetunnel.internal.net;

import static java.util.Objects.requireNonNull;

import io.github.devicetunnel.internal.text.HostPort;
import io.github.devicetunnel.internal.tls.TlsPeer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import okhttp3.Call;
import okhttp3.Connection;
import okhttp3.EventListener;
import okhttp3.Handshake;
import okhttp3.HttpUrl;
import okhttp3.Protocol;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/** The progress of one dial: the current step and the duration of each step. */
public final class DialProgress extends EventListener {
  /** A step of a dial whose duration is measured. */
  public enum Step {
    DNS,
    CONNECT,
    TLS,
    UPGRADE,
    /** The time between the other steps. */
    OTHER
  }

  /**
   * A failed attempt to connect to an address.
   *
   * @param address such as {@code 192.0.2.1:443} or {@code [2001:db8::1]:443}
   */
  public record Failure(String address, IOException cause) {}

  /**
   * The dial of the calling thread. OkHttp resolves names and performs TLS handshakes on the thread
   * that executes the call, but does not pass the call to the {@code Dns}.
   */
  private static final ThreadLocal<@Nullable DialProgress> CURRENT = new ThreadLocal<>();

  private final @Nullable InetSocketAddress proxy;
  private final boolean upgrade;
  private final TlsPeer peer = new TlsPeer();
  private volatile String description = "waiting to start";

  // Guarded by this, because OkHttp may try addresses on several threads.
  private final Map<Step, Duration> times = new EnumMap<>(Step.class);
  private Step step = Step.OTHER;
  private long since = System.nanoTime();
  private boolean started;
  private boolean unconnected; // an address is selected, and OkHttp has not started to connect

  private final List<Failure> failures = new ArrayList<>(); // guarded by this
  private boolean connected; // a new connection that is not in use yet; guarded by this
  private boolean pooled; // guarded by this

  // Guarded by this. Of the last connection that was opened.
  private List<InetAddress> addresses = List.of();
  private @Nullable InetSocketAddress remoteAddress;
  private @Nullable Handshake handshake;

  private @Nullable Call call; // the last one; guarded by this
  private boolean cancelled; // guarded by this
  private Runnable onCancel = () -> {}; // guarded by this

  /**
   * Creates the progress of a dial.
   *
   * @param proxy the unresolved address of the proxy; null for a direct connection or a proxy that
   *     OkHttp handles
   */
  public DialProgress(@Nullable InetSocketAddress proxy) {
    this(proxy, true);
  }

  private DialProgress(@Nullable InetSocketAddress proxy, boolean upgrade) {
    this.proxy = proxy;
    this.upgrade = upgrade;
  }

  /** Creates the progress of a request that does not upgrade its connection. */
  public static DialProgress ofRequest(@Nullable InetSocketAddress proxy) {
    return new DialProgress(proxy, false);
  }

  /** Makes this the dial of the calling thread until {@link #leave}. */
  public void enter() {
    CURRENT.set(this);
    TlsPeer unused = TlsPeer.enter(peer);
  }

  public static void leave() {
    CURRENT.remove();
    TlsPeer unused = TlsPeer.enter(null);
  }

  /** Returns the dial of the calling thread, or null. */
  public static @Nullable DialProgress current() {
    return CURRENT.get();
  }

  /** Returns what the server sent during the TLS handshake, as far as it was received. */
  public TlsPeer peer() {
    return peer;
  }

  /**
   * Returns the current step, or the step in which the dial failed, such as "resolving
   * example.com".
   */
  public String currentStep() {
    return description;
  }

  /**
   * Returns the duration of each step so far. The duration of a repeated step is the sum. Call it
   * when the dial has ended.
   */
  public synchronized Map<Step, Duration> times() {
    begin(step);
    return new EnumMap<>(times);
  }

  private synchronized void begin(Step next, String what) {
    begin(next);
    description = what;
  }

  private synchronized void begin(Step next) {
    long now = System.nanoTime();
    times.merge(step, Duration.ofNanos(now - since), Duration::plus);
    step = next;
    since = now;
    unconnected = false;
  }

  private void beginRequest() {
    begin(Step.UPGRADE, upgrade ? "requesting the upgrade" : "sending the request");
  }

  /** Sets an action that {@link #cancel} runs. Runs it at once if the dial has been cancelled. */
  public void onCancel(Runnable action) {
    synchronized (this) {
      onCancel = action;
      if (!cancelled) {
        return;
      }
    }
    action.run();
  }

  /** Ends the wait for a name server. Does not block, and runs no code of the application. */
  public void cancel() {
    Runnable action;
    synchronized (this) {
      cancelled = true;
      action = onCancel;
    }
    action.run();
  }

  /** Ends the wait of a call that the application cancelled. */
  @Override
  public void canceled(Call ended) {
    Runnable action;
    synchronized (this) {
      if (ended != call) {
        return; // Another call replaced it.
      }
      action = onCancel;
    }
    action.run();
  }

  /** Starts the clock. A second call on a new connection adds to the times of the first call. */
  @Override
  public void callStart(Call next) {
    synchronized (this) {
      call = next;
      if (started) {
        begin(Step.OTHER, "opening a new connection");
      } else {
        started = true;
        since = System.nanoTime(); // The time in the executor's queue is not part of the dial.
      }
    }
  }

  /** Records that an address is selected, unless a name must be resolved first. */
  @Override
  public void proxySelectEnd(Call call, HttpUrl url, List<Proxy> proxies) {
    synchronized (this) {
      begin(Step.OTHER);
      unconnected = true;
    }
  }

  @Override
  public void dnsStart(Call call, String domainName) {
    begin(
        Step.DNS,
        "resolving " + (proxy == null ? domainName : "the proxy " + proxy.getHostString()));
  }

  @Override
  public void dnsEnd(Call call, String domainName, List<InetAddress> resolved) {
    synchronized (this) {
      addresses = List.copyOf(resolved);
      begin(Step.OTHER, "selecting an address of " + domainName);
      unconnected = true;
    }
  }

  /**
   * Returns the time since an address was selected, in nanoseconds, or zero if OkHttp has started
   * to connect. Thread-safe.
   */
  public synchronized long unconnectedNanos() {
    return unconnected ? System.nanoTime() - since : 0;
  }

  /** Fails if the call was cancelled, as {@link #secureConnectStart} does. */
  @Override
  public void connectStart(Call call, InetSocketAddress address, Proxy okHttpsProxy) {
    boolean direct = proxy == null && okHttpsProxy.type() == Proxy.Type.DIRECT;
    String to = HostPort.of(proxy == null ? address : proxy);
    synchronized (this) {
      remoteAddress = address;
    }
    begin(Step.CONNECT, (direct ? "connecting to " : "connecting to the proxy ") + to);
    failIfCancelled(call);
  }

  private String proxyName() {
    return HostPort.of(requireNonNull(proxy));
  }

  /**
   * Records that the connection to the proxy is open and the TLS handshake with the proxy starts.
   */
  public void securingProxy() {
    begin(Step.CONNECT, "performing the TLS handshake with the proxy " + proxyName());
  }

  /** Records that the connection to the proxy is open and the request to the proxy is sent. */
  public void requestingFromProxy(String target) {
    begin(Step.CONNECT, "requesting " + target + " from the proxy " + proxyName());
  }

  /**
   * Fails if the call was cancelled. OkHttp checks this before it registers the socket that a
   * cancellation closes, but not afterwards. A handshake that starts in between would wait until
   * the timeout.
   */
  @Override
  public void secureConnectStart(Call call) {
    begin(Step.TLS, "performing the TLS handshake");
    failIfCancelled(call);
  }

  private static void failIfCancelled(Call call) {
    if (call.isCanceled()) {
      DialProgress.<RuntimeException>fail(new IOException("Canceled"));
    }
  }

  /**
   * Throws a checked exception without declaring it. OkHttp expects an IOException from the caller,
   * but Kotlin declares no exceptions.
   */
  @SuppressWarnings("unchecked")
  private static <E extends Exception> void fail(Exception e) throws E {
    throw (E) e;
  }

  @Override
  public void secureConnectEnd(Call call, @Nullable Handshake completed) {
    synchronized (this) {
      handshake = completed;
      beginRequest();
    }
  }

  @Override
  public void connectEnd(
      Call call, InetSocketAddress address, Proxy proxy, @Nullable Protocol protocol) {
    synchronized (this) {
      connected = true;
      beginRequest();
    }
  }

  @Override
  public void connectionAcquired(Call call, Connection connection) {
    synchronized (this) {
      pooled = !connected;
      connected = false;
      beginRequest();
    }
  }

  /** Returns whether the connection in use is from the pool. */
  public synchronized boolean usesPooledConnection() {
    return pooled;
  }

  @Override
  public void requestHeadersEnd(Call call, okhttp3.Request request) {
    begin(
        Step.UPGRADE, upgrade ? "waiting for the answer to the upgrade" : "waiting for the answer");
  }

  @Override
  public void responseHeadersEnd(Call call, Response response) {
    begin(Step.UPGRADE, upgrade ? "reading the answer to the upgrade" : "reading the answer");
  }

  @Override
  public void connectFailed(
      Call call,
      InetSocketAddress address,
      Proxy proxy,
      @Nullable Protocol protocol,
      IOException e) {
    // Keep the current step, which is the step that failed.
    if (call.isCanceled()) {
      return; // The timeout closed the socket.
    }
    synchronized (this) {
      failures.add(new Failure(HostPort.of(address), e));
    }
  }

  /** Returns the failed connection attempts in the order of their failures. */
  public synchronized List<Failure> failures() {
    return List.copyOf(failures);
  }

  /** Returns the addresses of the host that was resolved: the proxy's if there is a proxy. */
  public synchronized List<InetAddress> addresses() {
    return addresses;
  }

  /** Returns the address of the last connection attempt, or null. */
  public synchronized @Nullable InetSocketAddress remoteAddress() {
    return remoteAddress;
  }

  /** Returns the result of the TLS handshake with the cloud, or null. */
  public synchronized @Nullable Handshake handshake() {
    return handshake;
  }

  /** Returns whether the dial uses a proxy that this library handles, not OkHttp. */
  public boolean usesProxy() {
    return proxy != null;
  }

  /** Returns the current step, or the step in which the dial failed. */
  public synchronized Step step() {
    return step;
  }
}
