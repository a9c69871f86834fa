package io.github.devicetunnel;

import io.github.devicetunnel.internal.net.DialProgress;
import io.github.devicetunnel.internal.upgrade.CloudCalls;
import java.io.IOException;
import java.time.Duration;
import javax.net.ssl.SSLException;
import okhttp3.Call;
import okhttp3.Headers;
import org.jspecify.annotations.Nullable;

/** The access of one client to the REST API of its cloud. Thread-safe. */
final class RestApi implements CloudCalls.Client {
  private final SharedResources resources;
  private final Settings settings;
  private final ClientLife life;
  private final CloudCalls calls;

  RestApi(SharedResources resources, Settings settings, ClientLife life) {
    this.resources = resources;
    this.settings = settings;
    this.life = life;
    Headers headers = settings.extraHeaders().newBuilder().removeAll(Subprotocols.HEADER).build();
    this.calls =
        new CloudCalls(
            this, settings.cloudUri().base(), headers, settings.timeouts().connectTimeout());
  }

  /**
   * Returns the factory of calls.
   *
   * @throws IllegalStateException if the client is closed or has no access key
   */
  Call.Factory callFactory() {
    life.checkOpen();
    String applicationId = settings.credentials().applicationId();
    if (applicationId != null) {
      throw new IllegalStateException(
          "the device directory requires an access key; this TunnelClient has a token of the"
              + " application "
              + Target.shown(applicationId)
              + "; use a client with Credentials.apiKey(...)");
    }
    return calls;
  }

  @Override
  public void checkOpen() {
    life.checkOpen();
  }

  @Override
  public CloudCalls.Transport transport() throws SSLException {
    return resources.upgrader();
  }

  @Override
  public boolean hasFixedToken() {
    return settings.credentials().isFixed();
  }

  @Override
  public CloudCalls.Token token(boolean forceRefresh) {
    TokenLookup lookup =
        new TokenLookup(settings.credentials(), null, resources.threads().lookups(), forceRefresh);
    return new CloudCalls.Token() {
      @Override
      public String get(Duration limit) throws IOException {
        return lookup.get(limit);
      }

      @Override
      public void cancel() {
        lookup.cancel();
      }
    };
  }

  @Override
  public IOException describe(IOException failure, @Nullable DialProgress progress) {
    long now = System.nanoTime();
    if (failure instanceof TokenException token) {
      return new TunnelException(
          CloseCause.withoutToken(settings.cloudUri(), token).reason(0, 0, now));
    }
    DialFailure details = new DialFailure(settings.cloudUri(), resources.tls(), progress, failure);
    String step = progress == null ? "preparing TLS" : progress.currentStep();
    CloseReason reason =
        details.closeCause(settings.timeouts().connectTimeout(), step).reason(0, 0, now);
    boolean retryable = RetryRule.allows(reason) && details.tlsDefect() == null;
    return new TunnelException(reason, retryable, null);
  }

  /** Cancels the running calls. Does not block. */
  void close() {
    calls.close(resources.cancellations());
  }
}
