package io.github.devicetunnel.internal.upgrade;

import static java.util.Objects.requireNonNull;

import io.github.devicetunnel.internal.cloud.RetryAfter;
import io.github.devicetunnel.internal.net.UpgradeHeadInputStream;
import io.github.devicetunnel.internal.text.OneLine;
import java.io.IOException;
import java.net.Socket;
import okhttp3.Challenge;
import okhttp3.Interceptor;
import okhttp3.Request;
import okhttp3.Response;

/**
 * A network interceptor that adds the secret to an upgrade and checks the response. Any response
 * other than a correct 101 ends the call with an {@link UpgradeRejectedException}. OkHttp therefore
 * does not follow redirects, call an authenticator, or repeat the request after a 408 or 503. See
 * docs/rationale/dial.md.
 */
final class UpgradeInterceptor implements Interceptor {
  @Override
  public Response intercept(Chain chain) throws IOException {
    Socket socket = requireNonNull(chain.connection()).socket();
    // OkHttp creates the socket to a SOCKS proxy itself, without the socket factory.
    socket.setTcpNoDelay(true);
    if (socket instanceof UpgradeHeadInputStream.Owner owner) {
      owner.getInputStream().expectAnswer();
    }
    Request request = chain.request();
    Response response = PooledConnection.proceed(chain, Authorization.addTo(request));
    if (response.code() != 101) {
      throw rejection(request, response, "the server answered " + statusLine(response));
    }
    String defect = UpgradeAnswer.defect(request, response);
    if (defect != null) {
      socket.close(); // OkHttp might otherwise reuse the connection for another request.
      throw rejection(
          request, response, "the server's answer is not a valid websocket upgrade: " + defect);
    }
    requireNonNull(request.tag(Upgrade.class)).granted(socket, response);
    return response;
  }

  private static UpgradeRejectedException rejection(
      Request request, Response response, String message) {
    Authorization secret = requireNonNull(request.tag(Authorization.class));
    String location = response.isRedirect() ? response.header("Location") : null;
    return new UpgradeRejectedException(
        response.code(),
        response.code() == 101 ? "" : secret.hideIn(AnswerBody.beginning(response)),
        location == null ? null : secret.hideIn(location),
        response.header("Server", response.header("Via")),
        response.challenges().stream().map(Challenge::scheme).distinct().toList(),
        OneLine.of(secret.hideIn(message), OneLine.MAX_FOREIGN),
        RetryAfter.of(response));
  }

  private static String statusLine(Response response) {
    return response.message().isEmpty()
        ? String.valueOf(response.code())
        : response.code() + " " + response.message();
  }
}
