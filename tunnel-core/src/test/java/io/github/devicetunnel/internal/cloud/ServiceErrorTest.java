package io.github.devicetunnel.internal.cloud;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServiceErrorTest {
  @Test
  void readsJsonOfService() {
    ServiceError error =
        ServiceError.parse(
            """
            {"object": "error", "code": 400, "type": "validation_error",
             "message": "The address is wrong", "request_id": "01a2",
             "fields": [{"name": "address", "message": "no port"}, {"name": "id", "extra": [1, {}],
             "message": "too short"}], "more": {"a": [1, 2]}}
            """);
    assertThat(error.type()).isEqualTo("validation_error");
    assertThat(error.message()).isEqualTo("The address is wrong (address: no port; id: too short)");
    assertThat(error.requestId()).isEqualTo("01a2");
    assertThat(error.fromService()).isTrue();
  }

  @Test
  void readsTruncatedJson() {
    ServiceError error =
        ServiceError.parse("{\"type\": \"x\", \"message\": \"y\", \"fields\": [{\"na");
    assertThat(error.type()).isEqualTo("x");
    assertThat(error.message()).isEqualTo("y");
  }

  @Test
  void readsTitleOfHtmlPage() {
    String page =
        "<html><head><title>502 Bad\n Gateway</title></head><body><h1>oh</h1></body></html>";
    assertThat(ServiceError.parse(page).message()).isEqualTo("502 Bad Gateway");
    assertThat(ServiceError.parse("<h1>down</h1><p>for now</p>").message())
        .isEqualTo("down for now");
  }

  @Test
  void keepsTextOfIncompletePage() {
    assertThat(ServiceError.parse("<p>1 < 2").message()).isEqualTo("1 < 2");
    assertThat(ServiceError.parse("<TITLE lang='en'>Down</Title>").message()).isEqualTo("Down");
    assertThat(ServiceError.parse("<title>Down<p>for now").message()).isEqualTo("Down for now");
    assertThat(ServiceError.parse("<title></title>x").message()).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"<", "<title", "<title>", "</title>", "<title></title", "< ", ">", "{"})
  @Timeout(10)
  void takesLinearTime(String repeated) {
    String page = repeated.repeat((1 << 18) / repeated.length());
    assertThat(ServiceError.parse(page).fromService()).isFalse();
    assertThat(ServiceError.parse("x" + page).fromService()).isFalse();
  }

  @Test
  void removesControlCharactersAndShortensMessage() {
    String text =
        ServiceError.parse("a\r\nERROR forged \u001b[31m\u0000" + "x".repeat(999)).message();
    assertThat(text).startsWith("a ERROR forged [31m").hasSizeLessThan(310).endsWith("...");
    assertThat(text.chars().noneMatch(Character::isISOControl)).isTrue();
  }

  @Test
  void returnsNullWithoutMessage() {
    assertThat(ServiceError.parse("").message()).isNull();
    assertThat(ServiceError.parse("{}").message()).isNull();
    assertThat(ServiceError.parse("{\"message\": null, \"type\": 7}").message()).isNull();
  }

  @Test
  void recognizesErrorsOfService() {
    assertThat(ServiceError.parse("{\"object\": \"error\"}").fromService()).isTrue();
    assertThat(ServiceError.parse("{\"code\": 404, \"mess").fromService()).isTrue();
    assertThat(ServiceError.parse("{\"message\": \"Forbidden\"}").fromService()).isFalse();
    assertThat(ServiceError.parse("{\"a\": {\"type\": \"x\"}}").fromService()).isFalse();
    assertThat(ServiceError.parse("<title>type</title>").fromService()).isFalse();
    assertThat(ServiceError.parse("").fromService()).isFalse();
  }
}
