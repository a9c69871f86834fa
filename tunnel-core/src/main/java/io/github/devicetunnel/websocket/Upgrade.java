package io.github.devicetunnel.websocket;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.Socket;
import okhttp3.Call;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * One request for a websocket, made once. OkHttp does all of it: DNS, proxies, TLS, interceptors,
 * the HTTP exchange.
 */
public final class Upgrade {
  private final Call call;
  private final Authorization authorization;
  private final Granted granted;
  private final DialProgress progress;

  Upgrade(Call call, Authorization authorization, Granted granted, DialProgress progress) {
    this.call = call;
    this.authorization = authorization;
    this.granted = granted;
    this.progress = progress;
  }

  /**
   * Asks, on the calling thread, for as long as the timeout given to {@link Upgrader#upgrade}.
   *
   * @throws UpgradeRefusedException when the server answered otherwise than with a correct 101
   * @throws IOException when there was no answer: {@link #progress()} tells how far it came
   */
  public UpgradedSocket execute() throws IOException {
    boolean done = false;
    progress.enter();
    try {
      executeCall();
      UpgradedSocket socket = granted.socket(call);
      done = true;
      return socket;
    } catch (InterruptedIOException e) {
      // The time ran out over the body of a refusal; its status is what counts.
      throw e.getCause() instanceof UpgradeRefusedException refusal ? refusal : e;
    } finally {
      DialProgress.leave();
      authorization.forget();
      if (!done) {
        granted.release();
      }
    }
  }

  private void executeCall() throws IOException {
    try {
      call.execute().close(); // The body, which is empty; the socket stays.
    } catch (Exception e) {
      // OkHttp lets it through where it waits for a connection, since Kotlin declares no
      // exceptions.
      if (e instanceof InterruptedException) {
        Thread.currentThread().interrupt();
        InterruptedIOException interrupted = new InterruptedIOException("interrupted");
        interrupted.initCause(e);
        throw interrupted;
      }
      throw e;
    }
  }

  /** Makes {@link #execute} fail at once. From any thread; does nothing to a granted upgrade. */
  public void cancel() {
    call.cancel();
  }

  /** How far the request came. From any thread. */
  public DialProgress progress() {
    return progress;
  }

  /** Where the interceptor of a granted upgrade puts the two views of its socket. */
  static final class Granted {
    private @Nullable Socket socket;
    private okio.@Nullable Socket okioSocket;

    void accept(Socket socket, Response response) {
      this.socket = socket;
      this.okioSocket = requireNonNull(response.socket());
    }

    private UpgradedSocket socket(Call call) throws IOException {
      return new UpgradedSocket(call, requireNonNull(okioSocket), requireNonNull(socket));
    }

    /** A call that failed after it was granted, because it was cancelled in that moment. */
    private void release() {
      okio.Socket unused = okioSocket;
      if (unused != null) {
        UpgradedSocket.release(unused);
      }
    }
  }
}
