package io.github.devicetunnel.directory;

import io.github.devicetunnel.internal.cloud.RetryAfter;
import io.github.devicetunnel.internal.cloud.ServiceError;
import java.io.IOException;
import java.time.Duration;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/** Describes a response of the directory with an error status. */
final class RejectedRequest {
  private static final String WAIT = "wait before the next attempt";

  private RejectedRequest() {}

  /**
   * Returns the exception for a response.
   *
   * @param noun the requested devices
   */
  static DirectoryException exception(String noun, Response response) throws IOException {
    int status = response.code();
    // The client has limited the body, and removed the access key.
    ServiceError error = ServiceError.parse(response.body().string());
    Duration retryAfter = RetryAfter.of(response);
    String location = response.isRedirect() ? response.header("Location") : null;
    String message =
        error.describe(
            "the cloud rejected the request for " + noun,
            status,
            location,
            advice(response, error, location != null, retryAfter));
    return DirectoryException.rejected(message, status, error, retryAfter);
  }

  private static @Nullable String advice(
      Response response, ServiceError error, boolean redirected, @Nullable Duration retryAfter) {
    if (redirected) {
      return "redirects are not followed; check the cloud URI";
    }
    int status = response.code();
    String advice =
        error.fromService()
            ? serviceAdvice(status)
            : ServiceError.sender(server(response)) + ": " + frontAdvice(status);
    return advice == null || retryAfter == null
        ? advice
        : advice.replace(WAIT, "wait " + retryAfter.toSeconds() + " s");
  }

  /** Returns the name of the server that sent a response, or null. */
  static @Nullable String server(Response response) {
    return response.header("Server", response.header("Via"));
  }

  private static @Nullable String serviceAdvice(int status) {
    if (status >= 500) {
      return "the device directory is not available; wait before the next attempt";
    }
    return switch (status) {
      case 400 -> "check the filters";
      case 401 -> "check the access key";
      case 403 ->
          "the access key has no right to read devices: grant the right, or use device IDs or names"
              + " of the address book";
      case 404 -> "this cloud has no device directory; check the cloud URI";
      case 429 -> "too many requests; wait before the next attempt";
      default -> null;
    };
  }

  private static String frontAdvice(int status) {
    return switch (status) {
      case 401 -> "check the access key";
      case 403 -> "its rules reject this request; ask its administrator";
      case 404 ->
          "check the path of the cloud URI, and that the server forwards requests for /v3/ to the"
              + " cloud";
      case 429 -> "too many requests; wait before the next attempt";
      case 500 -> "ask its administrator";
      case 502, 503, 504 -> "it could not reach the cloud; wait before the next attempt";
      case 511 -> "this network requires a login first (RFC 6585 section 6); open a web page";
      default -> "check the cloud URI";
    };
  }
}
