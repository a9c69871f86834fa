package io.github.devicetunnel.jwt;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.internal.cloud.ServiceError;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import org.junit.jupiter.api.Test;

class VerificationKeyRejectedExceptionTest {
  @Test
  @SuppressWarnings("BanSerializableRead") // reads only bytes that it has written
  void survivesSerialization() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(
          new VerificationKeyRejectedException(
              "rejected", 409, new ServiceError(true, "duplicate", "In words", "request-1")));
    }
    VerificationKeyRejectedException copy;
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      copy = (VerificationKeyRejectedException) in.readObject();
    }
    assertThat(copy).hasMessage("rejected");
    assertThat(copy.statusCode()).isEqualTo(409);
    assertThat(copy.errorType()).isEqualTo("duplicate");
    assertThat(copy.serviceMessage()).isEqualTo("In words");
    assertThat(copy.requestId()).isEqualTo("request-1");
  }
}
