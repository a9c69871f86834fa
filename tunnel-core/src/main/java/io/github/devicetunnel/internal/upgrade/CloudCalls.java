package io.github.devicetunnel.internal.upgrade;

import io.github.devicetunnel.internal.net.DialProgress;
import io.github.devicetunnel.internal.net.Product;
import io.github.devicetunnel.internal.text.OneLine;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLException;
import okhttp3.Call;
import okhttp3.ConnectionSpec;
import okhttp3.Headers;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import org.jspecify.annotations.Nullable;

/** The calls of one client to the REST API of its cloud. Thread-safe. */
public final class CloudCalls implements Call.Factory {
  private static final int MAX_SHOWN = 100;

  /** The client of the calls. */
  public interface Client {
    /**
     * Checks that the client is open.
     *
     * @throws IllegalStateException if the client is closed
     */
    void checkOpen();

    /**
     * Returns the connections of the calls.
     *
     * @throws SSLException if TLS cannot be initialized
     */
    Transport transport() throws SSLException;

    /** Returns whether the token never changes. */
    boolean hasFixedToken();

    /** Prepares to get the token for one request. */
    Token token(boolean forceRefresh);

    /**
     * Describes the failure of a call without a response.
     *
     * @param progress null if the call has not begun
     */
    IOException describe(IOException failure, @Nullable DialProgress progress);
  }

  /** The connections to the cloud. */
  public interface Transport {
    /**
     * Prepares a call.
     *
     * @param request the complete request, without the credential
     * @param calls the calls of its client
     * @param timeout from the token to the head of the response, and for each pause of the body
     */
    Call call(Request request, CloudCalls calls, Duration timeout);
  }

  /** The token for one request. */
  public interface Token {
    /**
     * Returns the token, and waits for it if necessary.
     *
     * @throws IOException if no token is available in time
     */
    String get(Duration limit) throws IOException;

    /** Makes {@link #get} fail at once. Thread-safe. Does not block. */
    void cancel();
  }

  private final Client client;
  private final HttpUrl base;
  private final Headers headers;
  private final Duration timeout;
  private final Set<Call> running = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  /**
   * Creates a factory without calls.
   *
   * @param base the URL of the cloud, with http or https
   * @param headers sent with each request, unless the request has the same header
   * @param timeout from the token to the head of the response, and for each pause of the body
   */
  public CloudCalls(Client client, HttpUrl base, Headers headers, Duration timeout) {
    this.client = client;
    this.base = base;
    this.headers = headers;
    this.timeout = timeout;
  }

  @Override
  public Call newCall(Request request) {
    client.checkOpen();
    if (!isOfCloud(request.url())) {
      throw new IllegalArgumentException(
          "the URL of the request must begin with "
              + base.resolve("/")
              + ", because the credential is only for this cloud, but is "
              + OneLine.of(request.url().redact(), MAX_SHOWN));
    }
    Transport transport;
    try {
      transport = client.transport();
    } catch (SSLException e) {
      return failed(request, client.describe(e, null));
    }
    return transport.call(complete(request), this, timeout);
  }

  /** Adds the headers of the client that the request does not have. */
  private Request complete(Request request) {
    Headers.Builder all = request.headers().newBuilder();
    for (String name : headers.names()) {
      if (request.header(name) == null) {
        headers.values(name).forEach(value -> all.add(name, value));
      }
    }
    if (all.get("User-Agent") == null) {
      all.add("User-Agent", Product.USER_AGENT);
    }
    // The credential is added later.
    return request.newBuilder().headers(all.removeAll("Authorization").build()).build();
  }

  /** Returns a call that fails, because {@link #newCall} throws no IOException. */
  private static Call failed(Request request, IOException failure) {
    return new OkHttpClient.Builder()
        .connectionSpecs(List.of(ConnectionSpec.CLEARTEXT)) // without TLS, which has failed
        .addInterceptor(
            chain -> {
              throw failure;
            })
        .build()
        .newCall(request);
  }

  boolean isOfCloud(HttpUrl url) {
    return url.scheme().equals(base.scheme())
        && url.host().equals(base.host())
        && url.port() == base.port();
  }

  boolean hasFixedToken() {
    return client.hasFixedToken();
  }

  Token token(boolean forceRefresh) {
    return client.token(forceRefresh);
  }

  IOException describe(IOException failure, DialProgress progress) {
    return client.describe(failure, progress);
  }

  /** Adds a running call. Cancels it if the client has been closed. */
  void begin(Call call) {
    running.add(call);
    if (closed) {
      call.cancel();
    }
  }

  void end(Call call) {
    running.remove(call);
  }

  boolean isClosed() {
    return closed;
  }

  /**
   * Cancels the running calls, and each call that begins later. Does not block.
   *
   * @param cancellations cancels calls, which runs code of the application
   */
  public void close(Executor cancellations) {
    closed = true;
    running.forEach(call -> cancellations.execute(call::cancel));
  }
}
