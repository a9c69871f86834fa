package io.github.devicetunnel.internal.cloud;

import java.time.Duration;
import java.time.Instant;
import java.util.regex.Pattern;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/** A parser for the header Retry-After of a 429 or 503 response (RFC 9110 section 10.2.3). */
public final class RetryAfter {
  private static final Duration MAX = Duration.ofMinutes(5);

  private static final int TOO_MANY_REQUESTS = 429;
  private static final int SERVICE_UNAVAILABLE = 503;

  private static final Pattern DELTA_SECONDS = Pattern.compile("\\d+");

  private RetryAfter() {}

  /**
   * Returns the delay, at most five minutes, or null if the response has another status or no valid
   * header.
   */
  public static @Nullable Duration of(Response response) {
    String value = response.header("Retry-After");
    if (value == null
        || (response.code() != TOO_MANY_REQUESTS && response.code() != SERVICE_UNAVAILABLE)) {
      return null;
    }
    Duration wait =
        DELTA_SECONDS.matcher(value.strip()).matches()
            ? seconds(value.strip())
            : untilDate(response);
    if (wait == null || wait.isNegative()) {
      return null;
    }
    return wait.compareTo(MAX) > 0 ? MAX : wait;
  }

  private static Duration seconds(String digits) {
    try {
      return Duration.ofSeconds(Long.parseLong(digits));
    } catch (NumberFormatException e) {
      return MAX; // exceeds a long
    }
  }

  /**
   * Returns the time until the date in the header. The Date of the response is the reference if
   * present, because the local clock may differ.
   */
  private static @Nullable Duration untilDate(Response response) {
    Instant until = response.headers().getInstant("Retry-After");
    Instant sent = response.headers().getInstant("Date");
    return until == null ? null : Duration.between(sent == null ? Instant.now() : sent, until);
  }
}
