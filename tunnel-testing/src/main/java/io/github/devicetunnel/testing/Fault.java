package io.github.devicetunnel.testing;

import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import mockwebserver3.MockResponse;
import org.jspecify.annotations.Nullable;

/**
 * A tunnel fault: a fault that the service applies to one tunnel. Immutable and reusable. Order
 * tunnel faults with {@link FaultOrders}.
 *
 * <pre>{@code
 * service.device(DEVICE).faults()
 *     .onNextConnect(Fault.reject(503).retryAfter(Duration.ofSeconds(1)))
 *     .onNextConnect(
 *         Fault.abortAfter(1000, Direction.TOWARD_CLIENT, Cut.RST).delayed(Duration.ofSeconds(2)));
 * }</pre>
 *
 * <p>Byte counts refer to the payload since the beginning of the tunnel. For faults within a frame
 * or within TLS, use the wire faults of {@link FaultProxy}.
 */
public abstract sealed class Fault {
  /** Creates a fault. All subclasses are nested in this class. */
  Fault() {}

  /**
   * Rejects the upgrade with an error.
   *
   * @param status the HTTP status, from 200 to 599
   * @return an error response with a JSON body, which can be customized
   * @throws IllegalArgumentException if the status is out of range
   */
  public static Rejection reject(int status) {
    return Rejection.of(status);
  }

  /**
   * Never answers the upgrade. The request waits until the client disconnects or the service is
   * closed.
   *
   * @return the fault
   */
  public static Fault hang() {
    return new NoAnswer();
  }

  /**
   * Delays the processing of the request, including the dial of the service. The request is then
   * processed normally.
   *
   * @param time the delay; zero for no delay
   * @return the fault
   * @throws IllegalArgumentException if the delay is negative
   */
  public static Fault delay(Duration time) {
    return none().delayed(time);
  }

  /**
   * Aborts the tunnel, in both directions, without a close frame.
   *
   * @param bytes the number of bytes to forward in the given direction before the abort; 0 to abort
   *     as soon as the tunnel is open
   * @param direction the direction in which bytes are counted
   * @param how the end of the client's TCP connection. A {@link Cut#FIN} between two messages is
   *     the end of the stream, unless the client was built with {@link
   *     io.github.devicetunnel.BareClose#RESET}. After a {@link Cut#FIN} the service sends nothing
   *     and discards bytes from the client, until the client closes or for 30 seconds
   * @return the fault
   * @throws IllegalArgumentException if the number is negative
   */
  public static Fault abortAfter(long bytes, Direction direction, Cut how) {
    return new InTunnel(FaultTrigger.after(bytes, direction, client -> client.abort(how)));
  }

  /**
   * Closes the tunnel from the cloud side with a close frame.
   *
   * @param bytes the number of bytes to forward in the given direction before the close; 0 to close
   *     as soon as the tunnel is open
   * @param direction the direction in which bytes are counted
   * @param code the close code, from 1000 to 4999, including codes that must not be sent; 1005 for
   *     a close frame without a code
   * @param reason the reason, at most 123 bytes in UTF-8
   * @return the fault
   * @throws IllegalArgumentException if an argument is out of range
   */
  public static Fault closeAfter(long bytes, Direction direction, int code, String reason) {
    if (code < 1000 || code > 4999) {
      throw new IllegalArgumentException("code must be from 1000 to 4999, but is " + code);
    }
    int length = reason.getBytes(StandardCharsets.UTF_8).length;
    if (length > 123) {
      throw new IllegalArgumentException("reason must have at most 123 bytes, but has " + length);
    }
    return new InTunnel(FaultTrigger.after(bytes, direction, client -> client.close(code, reason)));
  }

  /**
   * Closes the tunnel from the cloud side as soon as it is open; see {@link #closeAfter}.
   *
   * @param code the close code, from 1000 to 4999
   * @param reason the reason, at most 123 bytes in UTF-8
   * @return the fault
   * @throws IllegalArgumentException if an argument is out of range
   */
  public static Fault close(int code, String reason) {
    return closeAfter(0, Direction.TOWARD_CLIENT, code, reason);
  }

  /**
   * Stops forwarding in one direction until {@link TunnelService#resume}. No bytes are lost. If the
   * direction toward the client is stalled, the service sends no payload but still answers pings.
   * If the direction toward the cloud is stalled, the service does not read from the client and
   * therefore does not answer pings.
   *
   * @param bytes the number of bytes to forward before the stall
   * @param direction the stalled direction; the other one is not affected
   * @return the fault
   * @throws IllegalArgumentException if the number is negative
   */
  public static Fault stallAfter(long bytes, Direction direction) {
    return new InTunnel(FaultTrigger.stallAfter(bytes, direction));
  }

  /**
   * Leaves the tunnel unaffected. Use this as a placeholder in a sequence of faults.
   *
   * @return the absence of a fault
   */
  public static Fault none() {
    return new None();
  }

  /**
   * Returns this fault with an additional delay before the request is processed.
   *
   * @param time the delay; zero for no delay. Delays add up
   * @return a new fault
   * @throws IllegalArgumentException if the delay is negative
   */
  public Fault delayed(Duration time) {
    if (time.isNegative()) {
      throw new IllegalArgumentException("delay must not be negative, but is " + time);
    }
    return new Delayed(time, this);
  }

  /** No fault. */
  static final class None extends Fault {}

  /** A request that is never answered. */
  static final class NoAnswer extends Fault {}

  /** A fault that applies after a delay. */
  static final class Delayed extends Fault {
    final Duration time;
    final Fault fault;

    Delayed(Duration time, Fault fault) {
      this.time = time;
      this.fault = fault;
    }
  }

  /** A fault of an open tunnel. */
  static final class InTunnel extends Fault {
    final FaultTrigger trigger;

    InTunnel(FaultTrigger trigger) {
      this.trigger = trigger;
    }
  }

  /**
   * An error response to an upgrade request: a status with the JSON body that the service
   * documents, or with an HTML page like those of load balancers. Immutable; each method returns a
   * new object. Create one with {@link Fault#reject}.
   */
  public static final class Rejection extends Fault implements Serializable {
    private static final long serialVersionUID = 1L;

    private final ServiceError error;
    private final @Nullable String html;
    private final @Nullable Duration retryAfter;

    private Rejection(ServiceError error, @Nullable String html, @Nullable Duration retryAfter) {
      this.error = error;
      this.html = html;
      this.retryAfter = retryAfter;
    }

    static Rejection of(int status) {
      if (status < 200 || status > 599) {
        throw new IllegalArgumentException("status must be from 200 to 599, but is " + status);
      }
      return of(
          new ServiceError(status, ServiceError.type(status), "Ordered by the test", List.of()));
    }

    static Rejection of(ServiceError error) {
      return new Rejection(error, null, null);
    }

    ServiceError error() {
      return error;
    }

    /** {@return the HTTP status of the response} */
    public int status() {
      return error.code();
    }

    /**
     * Sets the machine-readable error type.
     *
     * @param value the error type. Default: {@code validation_error}, {@code unauthorized}, {@code
     *     forbidden} or {@code not_found} for the statuses 400, 401, 403 and 404, otherwise {@code
     *     error}
     * @return a new error response
     */
    public Rejection type(String value) {
      return with(new ServiceError(error.code(), value, error.message(), error.fields()));
    }

    /**
     * Sets the error message.
     *
     * @param value the message for people. Default: {@code Ordered by the test}
     * @return a new error response
     */
    public Rejection message(String value) {
      return with(new ServiceError(error.code(), error.type(), value, error.fields()));
    }

    /**
     * Adds an invalid field of the request.
     *
     * @param name the name of the field
     * @param message the message for people
     * @return a new error response
     */
    public Rejection field(String name, String message) {
      List<ServiceError.Field> fields = new ArrayList<>(error.fields());
      fields.add(new ServiceError.Field(name, message));
      return with(
          new ServiceError(error.code(), error.type(), error.message(), List.copyOf(fields)));
    }

    /**
     * Sets an HTML page that replaces the JSON body, like that of a load balancer in front of the
     * service.
     *
     * @param page the complete body
     * @return a new error response
     */
    public Rejection html(String page) {
      return new Rejection(error, Objects.requireNonNull(page, "page is null"), retryAfter);
    }

    /**
     * Adds a {@code Retry-After} header.
     *
     * @param time the delay, rounded up to whole seconds
     * @return a new error response
     * @throws IllegalArgumentException if the time is negative
     */
    public Rejection retryAfter(Duration time) {
      if (time.isNegative()) {
        throw new IllegalArgumentException("retryAfter must not be negative, but is " + time);
      }
      return new Rejection(error, html, time);
    }

    private Rejection with(ServiceError changed) {
      return new Rejection(changed, html, retryAfter);
    }

    private static long roundedUp(Duration time) {
      boolean whole = time.getNano() == 0 || time.getSeconds() == Long.MAX_VALUE;
      return whole ? time.getSeconds() : time.getSeconds() + 1;
    }

    MockResponse toResponse() {
      MockResponse.Builder response = new MockResponse.Builder().code(error.code());
      if (html == null) {
        response.setHeader("Content-Type", "application/json").body(error.toJson());
      } else {
        response.setHeader("Content-Type", "text/html; charset=utf-8").body(html);
      }
      if (retryAfter != null) {
        response.setHeader("Retry-After", roundedUp(retryAfter));
      }
      return response.build();
    }

    @Override
    public String toString() {
      return "Rejection[" + error.code() + " " + (html == null ? error.type() : "page") + "]";
    }
  }
}
