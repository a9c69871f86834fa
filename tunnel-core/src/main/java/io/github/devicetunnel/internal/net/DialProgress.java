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
import okhttp3.Protocol;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/** Follows one dial: what is being done, and how long each step takes. */
public final class DialProgress extends EventListener {
  /** What takes time. */
  public enum Step {
    DNS,
    CONNECT,
    TLS,
    UPGRADE,
    /** What lies between the others. */
    OTHER
  }

  /**
   * An address that the dial could not connect to.
   *
   * @param address as {@code 192.0.2.1:443} or {@code [2001:db8::1]:443}
   */
  public record Failure(String address, IOException cause) {}

  /**
   * That of the thread's call: OkHttp looks names up, and shakes hands in TLS, on the thread that
   * executes the call, but does not tell the DNS which it is.
   */
  private static final ThreadLocal<@Nullable DialProgress> CURRENT = new ThreadLocal<>();

  private final @Nullable InetSocketAddress proxy;
  private final TlsPeer peer = new TlsPeer();
  private volatile String doing = "waiting to begin";

  // Guarded by this: addresses may be tried on several threads.
  private final Map<Step, Duration> times = new EnumMap<>(Step.class);
  private Step step = Step.OTHER;
  private long since = System.nanoTime();
  private boolean started;

  private final List<Failure> failures = new ArrayList<>(); // guarded by this
  private boolean connected; // a new connection, not in use yet; guarded by this
  private boolean pooled; // guarded by this

  private boolean cancelled; // guarded by this
  private Runnable onCancel = () -> {}; // guarded by this

  /**
   * Begins to follow.
   *
   * @param proxy not resolved; null where it is OkHttp's business
   */
  public DialProgress(@Nullable InetSocketAddress proxy) {
    this.proxy = proxy;
  }

  /** Says whose dial the calling thread executes until {@link #leave}. */
  public void enter() {
    CURRENT.set(this);
    TlsPeer unused = TlsPeer.enter(peer);
  }

  public static void leave() {
    CURRENT.remove();
    TlsPeer unused = TlsPeer.enter(null);
  }

  /** The one that the calling thread executes. */
  public static @Nullable DialProgress current() {
    return CURRENT.get();
  }

  /** What the server said of itself in TLS, as far as it came. */
  public TlsPeer peer() {
    return peer;
  }

  /** What is being done now or was when the dial failed, such as "looking up example.com". */
  public String currentStep() {
    return doing;
  }

  /**
   * How long each step took that was begun, until now: to be asked when the dial is over. A step
   * that was repeated is the sum.
   */
  public synchronized Map<Step, Duration> times() {
    begin(step);
    return new EnumMap<>(times);
  }

  private synchronized void begin(Step next, String what) {
    begin(next);
    doing = what;
  }

  private synchronized void begin(Step next) {
    long now = System.nanoTime();
    times.merge(step, Duration.ofNanos(now - since), Duration::plus);
    step = next;
    since = now;
  }

  /** Asks to be told, once, that the call was cancelled or its time is over; at once if it was. */
  void onCancel(Runnable action) {
    synchronized (this) {
      onCancel = action;
      if (!cancelled) {
        return;
      }
    }
    action.run();
  }

  @Override
  public void canceled(Call call) {
    Runnable action;
    synchronized (this) {
      cancelled = true;
      action = onCancel;
    }
    action.run();
  }

  /** A second call, on a new connection, goes on with the times of the first. */
  @Override
  public void callStart(Call call) {
    synchronized (this) {
      if (started) {
        begin(Step.OTHER, "opening a new connection");
      } else {
        started = true;
        since = System.nanoTime(); // Waiting to be executed is no part of the dial.
      }
    }
  }

  @Override
  public void dnsStart(Call call, String domainName) {
    begin(
        Step.DNS,
        "looking up " + (proxy == null ? domainName : "the proxy " + proxy.getHostString()));
  }

  @Override
  public void dnsEnd(Call call, String domainName, List<InetAddress> addresses) {
    begin(Step.OTHER, "choosing an address of " + domainName);
  }

  @Override
  public void connectStart(Call call, InetSocketAddress address, Proxy okHttpsProxy) {
    boolean direct = proxy == null && okHttpsProxy.type() == Proxy.Type.DIRECT;
    String to = HostPort.of(proxy == null ? address : proxy);
    begin(Step.CONNECT, (direct ? "connecting to " : "connecting to the proxy ") + to);
  }

  private String proxyName() {
    return HostPort.of(requireNonNull(proxy));
  }

  /** The proxy is reached, and TLS to the proxy itself begins. */
  public void securingProxy() {
    begin(Step.CONNECT, "shaking hands in TLS with the proxy " + proxyName());
  }

  /** The proxy is reached. */
  public void askingProxy(String target) {
    begin(Step.CONNECT, "asking the proxy " + proxyName() + " for " + target);
  }

  /**
   * OkHttp looks whether the call was cancelled before it registers the socket that cancelling
   * closes, but not after: a handshake that begins in between would wait until the time is over.
   */
  @Override
  public void secureConnectStart(Call call) {
    begin(Step.TLS, "shaking hands in TLS");
    if (call.isCanceled()) {
      DialProgress.<RuntimeException>fail(new IOException("Canceled"));
    }
  }

  /** OkHttp expects an IOException where it calls this, but Kotlin declares none. */
  @SuppressWarnings("unchecked")
  private static <E extends Exception> void fail(Exception e) throws E {
    throw (E) e;
  }

  @Override
  public void secureConnectEnd(Call call, @Nullable Handshake handshake) {
    begin(Step.UPGRADE, "asking for the upgrade");
  }

  @Override
  public void connectEnd(
      Call call, InetSocketAddress address, Proxy proxy, @Nullable Protocol protocol) {
    synchronized (this) {
      connected = true;
      begin(Step.UPGRADE, "asking for the upgrade");
    }
  }

  @Override
  public void connectionAcquired(Call call, Connection connection) {
    synchronized (this) {
      pooled = !connected;
      connected = false;
      begin(Step.UPGRADE, "asking for the upgrade");
    }
  }

  /** Whether the connection in use comes from the pool. */
  public synchronized boolean usesPooledConnection() {
    return pooled;
  }

  @Override
  public void requestHeadersEnd(Call call, okhttp3.Request request) {
    begin(Step.UPGRADE, "waiting for the answer to the upgrade");
  }

  @Override
  public void responseHeadersEnd(Call call, Response response) {
    begin(Step.UPGRADE, "reading the answer to the upgrade");
  }

  @Override
  public void connectFailed(
      Call call,
      InetSocketAddress address,
      Proxy proxy,
      @Nullable Protocol protocol,
      IOException e) {
    // The step stays: it is the one that failed.
    if (call.isCanceled()) {
      return; // The timeout closed the socket.
    }
    synchronized (this) {
      failures.add(new Failure(HostPort.of(address), e));
    }
  }

  /** The addresses that the dial could not connect to, in the order of their failures. */
  public synchronized List<Failure> failures() {
    return List.copyOf(failures);
  }

  /** Whether the dial leads through a proxy that is not OkHttp's business. */
  public boolean usesProxy() {
    return proxy != null;
  }

  /** The current step, or the one in which the dial failed. */
  public synchronized Step step() {
    return step;
  }
}
