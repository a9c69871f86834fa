package io.github.devicetunnel;

import io.github.devicetunnel.internal.cloud.ServiceError;
import io.github.devicetunnel.internal.text.OneLine;
import io.github.devicetunnel.internal.upgrade.UpgradeRejectedException;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A rejected upgrade. The message contains the answer, its sender and the fix.
 *
 * <p>The cloud describes its errors in JSON. Any other answer comes from a web server, load
 * balancer or firewall in front of the cloud, where the same status has another fix.
 */
record Rejection(Target target, CloudUri cloud, UpgradeRejectedException answer) {
  /** The status of an answer that is an upgrade, but not a correct one. */
  private static final int SWITCHING_PROTOCOLS = 101;

  /**
   * An error page of a web server.
   *
   * @param text part of the page, in lower case
   * @param fix the fix for this error
   */
  private record KnownPage(String text, String fix) {}

  private static final String USE_WSS = "use wss in the cloud URI";
  private static final String SHORTER_TOKEN =
      "the request headers are too large for it; use a shorter token";

  private static final List<KnownPage> KNOWN_PAGES =
      List.of(
          // nginx
          new KnownPage("no required ssl certificate was sent", "set a client certificate"),
          new KnownPage(
              "the ssl certificate error",
              "it does not accept the client certificate; set another"),
          new KnownPage("plain http request was sent to https port", USE_WSS),
          new KnownPage("header or cookie too large", SHORTER_TOKEN),
          // Apache httpd; Java does not support post-handshake authentication (RFC 8446 4.6.2).
          new KnownPage(
              "post-handshake authentication",
              "it requests a client certificate after the TLS 1.3 handshake, which Java does not"
                  + " support; configure it to request the certificate for the whole host, or to use"
                  + " TLS 1.2"),
          new KnownPage("speaking plain http to an ssl-enabled server port", USE_WSS),
          new KnownPage("size of a request header field exceeds", SHORTER_TOKEN),
          // Go, Caddy and Traefik
          new KnownPage("http request to an https server", USE_WSS),
          // Tomcat
          new KnownPage("this combination of host and port requires tls", USE_WSS));

  String message() {
    String start = "the cloud rejected the tunnel to " + target;
    if (answer.status() == SWITCHING_PROTOCOLS) {
      return start + ": " + OneLine.of(String.valueOf(answer.getMessage()), OneLine.MAX_FOREIGN);
    }
    ServiceError error = error();
    return error.describe(start, answer.status(), answer.location(), advice(error));
  }

  /** Parses the error description in the body; fields that are absent are null. */
  ServiceError error() {
    return ServiceError.parse(answer.body());
  }

  private @Nullable String advice(ServiceError error) {
    int status = answer.status();
    if (status == 407) {
      return "the proxy requires a user name and password; set both";
    }
    if (answer.location() != null) {
      return "redirects are not followed; " + (redirectsToTls() ? USE_WSS : "check the cloud URI");
    }
    return error.fromService()
        ? serviceAdvice(status)
        : ServiceError.sender(answer.server()) + ": " + frontAdvice();
  }

  /** Returns whether the answer redirects from {@code ws} to the same host with TLS. */
  private boolean redirectsToTls() {
    String tlsBase = "https://" + cloud.base().host();
    return !cloud.base().isHttps()
        && String.valueOf(answer.location()).toLowerCase(Locale.ROOT).startsWith(tlsBase);
  }

  private static @Nullable String serviceAdvice(int status) {
    return switch (status) {
      case 400 -> "check the device ID and the service address";
      case 401 -> "check the access key, or the token, its expiry and the application ID";
      case 403 -> "the credential is valid, but not for this device or service";
      case 404 ->
          "check the device ID, whether the gateway is online, and whether the service listens on it";
      case 429 -> "too many requests; wait before the next attempt";
      case 502, 503, 504 -> "the cloud could not reach the gateway";
      default -> null;
    };
  }

  private String frontAdvice() {
    String page = answer.body().toLowerCase(Locale.ROOT);
    return KNOWN_PAGES.stream()
        .filter(known -> page.contains(known.text))
        .map(KnownPage::fix)
        .findFirst()
        .orElseGet(this::frontAdviceByStatus);
  }

  private String frontAdviceByStatus() {
    return switch (answer.status()) {
      case 401 -> authentication();
      case 403 -> "its rules reject this request; ask its administrator";
      case 404 ->
          "check the path of the cloud URI, and that the server forwards requests for /v3/ to the"
              + " cloud";
      case 421 ->
          "it does not serve the host of the cloud URI on this connection; check the host and the"
              + " TLS configuration of the server";
      case 429 -> "too many requests; wait before the next attempt";
      case 431 -> SHORTER_TOKEN;
      case 500 -> "ask its administrator";
      case 502, 503, 504 ->
          "it could not reach the cloud, or the cloud could not reach the gateway";
      case 511 -> "this network requires a login first (RFC 6585 section 6); open a web page";
      case 200, 204, 426 ->
          "check the path of the cloud URI, and that every proxy and load balancer forwards the"
              + " header Upgrade";
      default -> "check the cloud URI";
    };
  }

  /**
   * Returns the fix for a 401 from a server in front of the cloud. A request has only one
   * Authorization header (RFC 9110 section 11.6.2), and the cloud needs it.
   */
  private String authentication() {
    List<String> schemes =
        answer.schemes().stream().filter(scheme -> !scheme.equalsIgnoreCase("Bearer")).toList();
    if (schemes.isEmpty()) {
      return "check the access key or the token";
    }
    return "it requires authentication ("
        + schemes.stream().map(Target::shown).collect(Collectors.joining(" or "))
        + ") besides the credential of the cloud, and one header cannot carry both;"
        + " ask its administrator for a client certificate or another header";
  }
}
