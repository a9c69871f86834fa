package io.github.devicetunnel;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.CloseReason.EndedBy;
import io.github.devicetunnel.CloseReason.Kind;
import io.github.devicetunnel.internal.cloud.ServiceError;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.net.ConnectException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Checks that serialized exceptions keep their content, for example in a build's test workers. */
class SerializationTest {
  /** Has a field that is not serializable. */
  private static final class Unserializable extends IOException {
    private static final long serialVersionUID = 1L;

    @SuppressWarnings({"serial", "unused"})
    private final Object socket = new Object();

    Unserializable(String message, Throwable cause) {
      super(message, cause);
    }
  }

  private static CloseReason reason(Throwable cause) {
    return new CloseReason(
        Kind.CONNECTION_LOST, EndedBy.CLOUD, 1006, "lost", cause, 7, 8, Duration.ofMillis(1500));
  }

  private static final ServiceError ERROR =
      new ServiceError(true, "some_type", "In words", "request-1");

  private static TunnelRejectedException rejected(Throwable cause) {
    return new TunnelRejectedException(503, ERROR, reason(cause), Duration.ofSeconds(30));
  }

  @SuppressWarnings({"unchecked", "BanSerializableRead"}) // reads only bytes that it has written
  private static <T> T roundTrip(T object) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(object);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      return (T) in.readObject();
    }
  }

  private static void assertSame(TunnelException copy, TunnelException original) {
    assertThat(copy).hasSameClassAs(original).hasMessage(original.getMessage());
    assertThat(copy.isRetryable()).isEqualTo(original.isRetryable());
    assertThat(copy.retryAfter()).isEqualTo(original.retryAfter());
    assertThat(copy.getStackTrace()).isEqualTo(original.getStackTrace());
    assertThat(copy.getCause()).isSameAs(copy.reason().cause());
    assertThat(copy.reason())
        .usingRecursiveComparison()
        .ignoringFields("cause")
        .isEqualTo(original.reason());
  }

  @Test
  void preservesTunnelException() throws Exception {
    TunnelException original = new TunnelException(reason(new ConnectException("reset")));

    TunnelException copy = roundTrip(original);

    assertSame(copy, original);
    assertThat(copy.getCause()).isExactlyInstanceOf(ConnectException.class).hasMessage("reset");
  }

  @Test
  void preservesReasonWithoutCauseAndCode() throws Exception {
    TunnelException original =
        new TunnelException(
            new CloseReason(
                Kind.IDLE_TIMEOUT, EndedBy.CLIENT, null, "idle", null, 0, 0, Duration.ZERO));

    TunnelException copy = roundTrip(original);

    assertSame(copy, original);
    assertThat(copy.reason()).isEqualTo(original.reason());
  }

  @Test
  void preservesTunnelRejectedException() throws Exception {
    TunnelRejectedException original = rejected(new IOException("answered"));

    TunnelRejectedException copy = roundTrip(original);

    assertSame(copy, original);
    assertThat(copy.statusCode()).isEqualTo(503);
    assertThat(copy.errorType()).isEqualTo("some_type");
    assertThat(copy.serviceMessage()).isEqualTo("In words");
    assertThat(copy.requestId()).isEqualTo("request-1");
  }

  @Test
  void replacesCauseThatIsNotSerializable() throws Exception {
    Unserializable cause = new Unserializable("odd", new ConnectException("reset"));
    for (TunnelException original : new TunnelException[] {rejected(cause), plain(cause)}) {
      original.addSuppressed(new Unserializable("suppressed", null));

      TunnelException copy = roundTrip(original);

      assertSame(copy, original);
      assertThat(copy.getCause())
          .hasMessage("odd")
          .hasToString(Unserializable.class.getName() + ": odd")
          .hasCauseExactlyInstanceOf(ConnectException.class);
      assertThat(copy.getCause().getStackTrace()).isEqualTo(cause.getStackTrace());
      assertThat(copy.getSuppressed()).hasSize(1);
      assertThat(copy.getSuppressed()[0])
          .hasToString(Unserializable.class.getName() + ": suppressed");
      // The original does not change.
      assertThat(original.getCause()).isSameAs(cause);
      // The copy is serializable again.
      assertSame(roundTrip(copy), original);
    }
  }

  private static TunnelException plain(Throwable cause) {
    return new TunnelException(reason(cause));
  }

  @Test
  void replacesNestedCauseThatIsNotSerializable() throws Exception {
    IOException top = new IOException("top", new Unserializable(null, null));

    TunnelException copy = roundTrip(plain(top));

    assertThat(copy.getCause()).hasToString("java.io.IOException: top");
    assertThat(copy.getCause().getCause()).hasToString(Unserializable.class.getName());
  }

  @Test
  void acceptsCircularCauses() throws Exception {
    Unserializable first = new Unserializable("first", null);
    IOException second = new IOException("second", first);
    IOException third = new IOException("third", second);
    first.addSuppressed(third);

    assertThat(roundTrip(plain(third)).getCause()).hasToString("java.io.IOException: third");
  }

  @Test
  void preservesTunnelExceptionAsCause() throws Exception {
    ConnectException original = TunnelSocket.notConnected(rejected(new Unserializable("x", null)));

    ConnectException copy = roundTrip(original);

    assertThat(copy).hasMessage("lost");
    assertSame((TunnelException) copy.getCause(), (TunnelException) original.getCause());
  }

  @Test
  void preservesCloseReason() throws Exception {
    CloseReason copy = roundTrip(reason(new Unserializable("odd", null)));

    assertThat(copy.kind()).isEqualTo(Kind.CONNECTION_LOST);
    assertThat(copy.cause()).hasMessage("odd");
    assertThat(copy.duration()).isEqualTo(Duration.ofMillis(1500));
  }
}
