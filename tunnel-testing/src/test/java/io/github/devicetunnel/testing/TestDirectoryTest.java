package io.github.devicetunnel.testing;

import static io.github.devicetunnel.testing.Clients.DEVICE;
import static io.github.devicetunnel.testing.Clients.KEY;
import static io.github.devicetunnel.testing.Clients.OTHER;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.devicetunnel.testing.DirectoryReader.Answer;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import okhttp3.Headers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Checks pages, order, filters and authorization of the device directory. */
final class TestDirectoryTest {
  private static final String PREFIX = "017b7fddb124724840c1c7b8000000";
  private static final Instant TIME = Instant.parse("2026-01-31T12:00:00Z");

  private TunnelService service;
  private DirectoryReader reader;

  @BeforeEach
  void start() throws IOException {
    service =
        TunnelService.builder()
            .apiKey(KEY)
            .apiKey("ak_few", PREFIX + "02", OTHER)
            .application("app")
            .administratorKey("ak_admin")
            .build()
            .start();
    reader = new DirectoryReader(service);
  }

  @AfterEach
  void stop() {
    reader.close();
    service.verify();
    service.close();
  }

  private void addDevices(int count) {
    IntStream.range(0, count).forEach(i -> service.device(PREFIX + String.format("%02x", i)));
  }

  @Test
  void listsFieldsOfDevice() throws Exception {
    service
        .device(DEVICE.toUpperCase(Locale.ROOT))
        .name("turbine-7 \"north\"")
        .state("bootstrapped")
        .endpointName("ep-7")
        .serialNumber("s-7")
        .hostGateway("gw-1")
        .deviceClass("class-a")
        .customAttribute("site", "plant ä")
        .customAttribute("line", "2")
        .createdAt(TIME)
        .updatedAt(TIME.plusMillis(1));

    Answer answer = reader.get("");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.headers().get("Content-Type")).isEqualTo("application/json");
    assertThat(answer.body())
        .isEqualTo(
            "{\"object\":\"list\",\"data\":[{\"object\":\"device\",\"id\":\""
                + DEVICE
                + "\",\"name\":\"turbine-7 \\\"north\\\"\",\"endpoint_name\":\"ep-7\","
                + "\"serial_number\":\"s-7\",\"state\":\"bootstrapped\",\"host_gateway\":\"gw-1\","
                + "\"device_class\":\"class-a\",\"created_at\":\"2026-01-31T12:00:00Z\","
                + "\"updated_at\":\"2026-01-31T12:00:00.001Z\","
                + "\"custom_attributes\":{\"line\":\"2\",\"site\":\"plant ä\"}}],"
                + "\"has_more\":false,\"after\":null,\"limit\":50,\"order\":\"ASC\"}");
  }

  @Test
  void derivesStateFromConnectionByDefault() throws Exception {
    TestDevice device = service.device(DEVICE);
    assertThat(reader.get("").text("state")).isEqualTo("registered");

    device.disconnect();
    assertThat(reader.get("").text("state")).isEqualTo("deregistered");
    assertThat(reader.get("?state__eq=deregistered").ids()).containsExactly(DEVICE);

    device.connect();
    assertThat(reader.get("").text("state")).isEqualTo("registered");
    device.state("hibernating");
    assertThat(reader.get("").text("state")).isEqualTo("hibernating");
  }

  @Test
  void answersPathWithoutSlash() throws Exception {
    service.device(DEVICE);

    assertThat(reader.getWithoutSlash().ids()).containsExactly(DEVICE);
    assertThat(service.directory().requests()).containsExactly("/v3/devices");
    assertThat(service.upgrades()).isEmpty();
  }

  @Test
  void listsNothingWithoutDevices() throws Exception {
    assertThat(reader.get("?include=total_count").body())
        .isEqualTo(
            "{\"object\":\"list\",\"data\":[],\"has_more\":false,\"after\":null,\"limit\":50,"
                + "\"order\":\"ASC\",\"total_count\":0}");
  }

  @Test
  void pagesInAscendingOrder() throws Exception {
    addDevices(5);

    List<Answer> pages = reader.all("?limit=2&order=ASC&include=total_count");

    assertThat(pages)
        .extracting(Answer::shortIds)
        .containsExactly(List.of("00", "01"), List.of("02", "03"), List.of("04"));
    assertThat(pages).allMatch(page -> page.body().contains("\"total_count\":5"));
    assertThat(pages.get(1).body()).contains("\"after\":\"" + PREFIX + "01\",\"limit\":2");
  }

  @Test
  void pagesInDescendingOrder() throws Exception {
    addDevices(5);

    List<Answer> pages = reader.all("?limit=3&order=DESC");

    assertThat(pages)
        .extracting(Answer::shortIds)
        .containsExactly(List.of("04", "03", "02"), List.of("01", "00"));
    assertThat(pages.get(0).body()).endsWith("\"limit\":3,\"order\":\"DESC\"}");
  }

  @Test
  void fullLastPagePromisesNoMore() throws Exception {
    addDevices(4);

    assertThat(reader.all("?limit=2")).hasSize(2);
  }

  @Test
  void pageBeginsAfterDeviceThatFilterExcludes() throws Exception {
    addDevices(4);
    service.device(PREFIX + "01").state("bootstrapped");

    assertThat(reader.get("?state__eq=registered&after=" + PREFIX + "01").shortIds())
        .containsExactly("02", "03");
  }

  @ParameterizedTest
  @CsvSource({"-1,2", "0,2", "1,2", "2,2", "1000,1000", "1001,1000", "2147483647,1000"})
  void clampsLimit(int requested, int used) throws Exception {
    assertThat(reader.get("?limit=" + requested).body()).contains("\"limit\":" + used + ",");
  }

  @ParameterizedTest
  @CsvSource({
    "id__eq=017b7fddb124724840c1c7b800000001, 01",
    "name__eq=pump-3, 01",
    "name__eq=pump, ''",
    "name__eq=, 03",
    "name__eq=PUMP-3, ''",
    "name__neq=pump-3, 00 02 03",
    "'name__in=pump-3,gate-1', 01 02",
    "'name__in=', 03",
    "'name__nin=pump-3,gate-1', 00 03",
    "endpoint_name__eq=ep-1, 01",
    "serial_number__in=sn-1, 01",
    "state__neq=registered, 02",
    "'state__in=registered,bootstrapped', 00 01 02 03",
    "host_gateway__eq=gw-1, 01",
    "device_class__nin=class-1, 00 02 03",
    "custom_attributes__site__eq=north, 00 01",
    "custom_attributes__my__site__eq=x, 02",
    "custom_attributes__none__eq=, ''",
    "created_at__gte=2026-01-31T12:00:01Z, 01 02 03",
    "created_at__lte=2026-01-31T12:00:01Z, 00 01",
    "updated_at__gte=2026-01-31T14:00:02%2B02:00, 02 03",
    "updated_at__lte=2026-01-31T11:59:59.999Z, ''",
    "name__eq=pump-3&state__eq=registered, 01",
    "name__eq=pump-3&state__eq=bootstrapped, ''",
  })
  void filters(String query, String expected) throws Exception {
    addDevices(4);
    for (int i = 0; i < 4; i++) {
      Instant time = TIME.plusSeconds(i);
      service.device(PREFIX + "0" + i).createdAt(time).updatedAt(time);
    }
    service.device(PREFIX + "00").name("turbine-7").customAttribute("site", "north");
    service
        .device(PREFIX + "01")
        .name("pump-3")
        .endpointName("ep-1")
        .serialNumber("sn-1")
        .hostGateway("gw-1")
        .deviceClass("class-1")
        .customAttribute("site", "north");
    service
        .device(PREFIX + "02")
        .name("gate-1")
        .state("bootstrapped")
        .customAttribute("my__site", "x");

    Answer answer = reader.get("?include=total_count&" + query);

    assertThat(String.join(" ", answer.shortIds())).isEqualTo(expected);
    assertThat(answer.body()).endsWith("\"total_count\":" + answer.ids().size() + "}");
  }

  @Test
  void listsDevicesWithEqualNames() throws Exception {
    addDevices(3);
    service.device(PREFIX + "00").name("turbine-7");
    service.device(PREFIX + "02").name("turbine-7");

    assertThat(reader.get("?name__eq=turbine-7").shortIds()).containsExactly("00", "02");
  }

  @ParameterizedTest
  @CsvSource({
    "page=2, page, is not a parameter of the device directory",
    "filter=name%3Dx, filter, is not a parameter of the device directory",
    "colour__eq=red, colour__eq, must filter a field of devices",
    "custom_attributes__eq=x, custom_attributes__eq, must filter a field of devices",
    "name__like=x, name__like, 'must have the operator eq, neq, in or nin'",
    "created_at__eq=2026-01-31T12:00:00Z, created_at__eq, must have the operator gte or lte",
    "updated_at__gte=yesterday, updated_at__gte, must be a time such as 2026-01-31T12:00:00Z",
    "custom_attributes__site__neq=x, custom_attributes__site__neq, must have the operator eq",
    "limit=many, limit, must be a number",
    "order=asc, order, must be ASC or DESC",
    "after=17, after, must be 32 hexadecimal digits",
    "include=etag, include, must be total_count",
    "limit=2&limit=3, limit, must not be repeated",
  })
  void rejectsInvalidParameters(String query, String name, String message) throws Exception {
    Answer answer = reader.get("?" + query);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.body())
        .matches(
            "\\{\"object\":\"error\",\"code\":400,\"type\":\"validation_error\","
                + "\"message\":\"Validation error\",\"request_id\":\"[0-9a-f]{32}\",\"fields\":.*")
        .endsWith("\"fields\":[{\"name\":\"" + name + "\",\"message\":\"" + message + "\"}]}");
    assertThat(service.directory().requests()).containsExactly("/v3/devices/?" + query);
  }

  @Test
  void reportsAllInvalidParameters() throws Exception {
    assertThat(reader.get("?limit=x&order=up").body())
        .contains("{\"name\":\"limit\"", "{\"name\":\"order\"");
  }

  @Test
  void accessKeySeesDevicesThatItOpens() throws Exception {
    addDevices(4);
    service.device(OTHER);

    Answer answer = reader.get("?include=total_count", bearer("ak_few"));

    assertThat(answer.shortIds()).containsExactly("02", "ff");
    assertThat(answer.body()).endsWith("\"total_count\":2}");
  }

  @Test
  void rejectsOtherCredentials() throws Exception {
    Map<Headers, Integer> statuses =
        Map.of(
            new Headers.Builder().build(), 401,
            Headers.of("Authorization", "Basic eDp5"), 401,
            bearer("ak_unknown"), 401,
            bearer("ak_admin"), 401,
            bearer("x.y.z").newBuilder().set("X-Application-ID", "app").build(), 403);

    for (Map.Entry<Headers, Integer> entry : statuses.entrySet()) {
      Answer answer = reader.get("?colour__eq=red", entry.getKey());

      assertThat(answer.status()).as("%s", entry.getKey()).isEqualTo(entry.getValue());
      assertThat(answer.text("type"))
          .isEqualTo(entry.getValue() == 401 ? "unauthorized" : "forbidden");
      assertThat(answer.text("request_id")).hasSize(32);
    }
  }

  @Test
  void listsTenThousandDevicesInTenPages() throws Exception {
    for (int i = 0; i < 10_000; i++) {
      service.device(String.format("%032x", i)).name("device-" + i);
    }

    List<Answer> pages = reader.all("?limit=1000");

    assertThat(pages).hasSize(10).allMatch(page -> page.ids().size() == 1_000);
    assertThat(pages.stream().flatMap(page -> page.ids().stream()))
        .isSorted()
        .doesNotHaveDuplicates();
    assertThat(service.directory().requests()).hasSize(10);
    assertThat(reader.get("?name__eq=device-9999").ids())
        .containsExactly(String.format("%032x", 9_999));
  }

  @Test
  void keepsLatestRequests() throws Exception {
    for (int i = 0; i <= 1_000; i++) {
      reader.get("?limit=" + i);
    }

    assertThat(service.directory().requests())
        .hasSize(1_000)
        .startsWith("/v3/devices/?limit=1")
        .endsWith("/v3/devices/?limit=1000");
  }

  private static Headers bearer(String token) {
    return Headers.of("Authorization", "Bearer " + token);
  }
}
