package io.github.devicetunnel.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class ServiceErrorTest {
  @Test
  void writesDocumentedJson() {
    ServiceError error = RejectedException.forbidden("No \"way\"").rejection().error();

    assertThat(error.toJson("0161991d63150242ac12000600000000"))
        .isEqualTo(
            "{\"object\":\"error\",\"code\":403,\"type\":\"forbidden\",\"message\":\"No \\\"way\\\"\","
                + "\"request_id\":\"0161991d63150242ac12000600000000\"}");
  }

  @Test
  void writesFieldsToJson() {
    List<ServiceError.Field> fields =
        List.of(new ServiceError.Field("id", "a"), new ServiceError.Field("address", "b"));

    assertThat(RejectedException.invalid(fields).rejection().error().toJson("1"))
        .isEqualTo(
            "{\"object\":\"error\",\"code\":400,\"type\":\"validation_error\","
                + "\"message\":\"Validation error\",\"request_id\":\"1\",\"fields\":["
                + "{\"name\":\"id\",\"message\":\"a\"},{\"name\":\"address\",\"message\":\"b\"}]}");
  }
}
