package io.github.devicetunnel.directory;

import static io.github.devicetunnel.directory.DirectoryServer.device;
import static io.github.devicetunnel.directory.DirectoryServer.id;
import static io.github.devicetunnel.directory.DirectoryServer.page;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.devicetunnel.TunnelClient;
import java.io.IOException;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import okhttp3.HttpUrl;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Finds and lists devices. */
class DeviceDirectoryTest {
  private DirectoryServer server;
  private TunnelClient client;
  private DeviceDirectory directory;

  @BeforeEach
  void start() throws IOException {
    server = new DirectoryServer();
    client = server.client().build();
    directory = DeviceDirectory.of(client);
  }

  @AfterEach
  void stop() {
    client.close();
    server.close();
  }

  private List<String> names(DeviceQuery.Builder query) {
    return directory.list(query.build()).map(Device::name).toList();
  }

  private DirectoryException findFails() {
    return catchThrowableOfType(DirectoryException.class, () -> directory.find("turbine-7"));
  }

  @Test
  void findsDeviceWithOneRequest() throws Exception {
    server.answer(
        page(
            false,
            "{\"id\":\""
                + id(7)
                + "\",\"unknown\":{\"a\":[1]},\"name\":\"turbine-7\",\"endpoint_name\":\"e\","
                + "\"serial_number\":\"s\",\"state\":\"registered\",\"host_gateway\":\"g\","
                + "\"device_class\":\"c\",\"custom_attributes\":{\"site\":\"north\",\"n\":3,"
                + "\"none\":null,\"o\":{}},\"updated_at\":\"2023-05-06T07:08:09.100000Z\"}"));

    Device device = directory.find("turbine-7");

    assertThat(device)
        .isEqualTo(
            new Device(
                id(7),
                "turbine-7",
                "e",
                "s",
                "registered",
                "g",
                "c",
                Map.of("site", "north", "n", "3"),
                Instant.parse("2023-05-06T07:08:09.1Z")));
    assertThat(device.isRegistered()).isTrue();
    HttpUrl request = server.requests().get(0);
    assertThat(server.requests()).hasSize(1);
    assertThat(request.encodedPath()).isEqualTo("/v3/devices/");
    assertThat(request.queryParameter("name__eq")).isEqualTo("turbine-7");
    assertThat(request.queryParameter("after")).isNull();
  }

  @Test
  void findsDeviceById() throws Exception {
    server.answer(page(false, device(7, "turbine-7")));
    assertThat(directory.find(id(7).toUpperCase(Locale.ROOT)).name()).isEqualTo("turbine-7");
    assertThat(server.requests().get(0).queryParameter("id__eq")).isEqualTo(id(7));
  }

  /** 32 hex digits are always an ID. */
  @Test
  void ignoresNameThatIsAnId() {
    server.answer(page(false, device(7, id(8))));
    assertThatThrownBy(() -> directory.find(id(8)))
        .isInstanceOf(UnknownDeviceException.class)
        .hasMessage("the device directory has no device " + id(8) + "; check the name");
  }

  @Test
  void acceptsMissingValues() throws Exception {
    server.answer("{\"data\":[{\"id\":\"" + id(1) + "\",\"name\":null,\"updated_at\":\"soon\"}]}");
    assertThat(directory.list(DeviceQuery.all()))
        .containsExactly(new Device(id(1), null, null, null, null, null, null, Map.of(), null));
  }

  @Test
  void reportsUnknownName() {
    server.answer(page(false));
    assertThatThrownBy(() -> directory.find("turbine-9"))
        .isInstanceOfSatisfying(
            UnknownDeviceException.class, e -> assertThat(e.name()).isEqualTo("turbine-9"))
        .hasMessage("the device directory has no device \"turbine-9\"; check the name");
  }

  @Test
  void reportsTwoDevicesWithOneName() {
    server.answer(page(false, device(1, "turbine-7"), device(2, "turbine-7", "deregistered")));
    DirectoryException e = findFails();
    assertThat(e)
        .hasMessage(
            "several devices have the name \"turbine-7\": "
                + id(1)
                + " (registered) and "
                + id(2)
                + " (deregistered); use the device ID, or change one of the names");
    assertThat(e.isRetryable()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "turbine\u0007", "a\nb", "\u202ex"})
  void rejectsInvalidNameWithoutRequest(String name) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> directory.find(name))
        .withMessageStartingWith("name must not ");
    assertThat(server.requests()).isEmpty();
  }

  @Test
  void cleansTextOfDevice() {
    server.answer(
        page(
            false,
            device(1, "a\\u001b[31m\\nb"),
            device(2, "x".repeat(600)),
            "{\"id\":\"" + id(3) + "\",\"custom_attributes\":{\"k\\u0000\":\"v\\u0007\"}}"));
    List<Device> devices = directory.list(DeviceQuery.all()).toList();
    assertThat(devices.get(0).name()).isEqualTo("a?[31m?b");
    assertThat(devices.get(1).name()).isEqualTo("x".repeat(500) + "...");
    assertThat(devices.get(2).customAttributes()).containsExactly(Map.entry("k?", "v?"));
  }

  /** Otherwise a device could take the place of another one. */
  @Test
  void doesNotFindDeviceByCleanedName() {
    server.answer(page(false, device(1, "turbine?7".replace("?", "\\u0007"))));
    assertThatThrownBy(() -> directory.find("turbine?7"))
        .isInstanceOf(UnknownDeviceException.class);
  }

  @Test
  void skipsDeviceWithoutValidId() {
    server.answer(
        page(
            false,
            "{\"id\":\"short\",\"name\":\"a\"}",
            "{\"name\":\"b\"}",
            "7",
            "[{}]",
            device(1, "c")));
    assertThat(names(DeviceQuery.builder())).containsExactly("c");
  }

  @Test
  void sendsFilters() {
    server.answer(page(false));
    assertThat(
            names(
                DeviceQuery.builder()
                    .name("a b&c")
                    .states("registered", "bootstrapped")
                    .pageSize(7)))
        .isEmpty();
    HttpUrl request = server.requests().get(0);
    assertThat(request.queryParameter("name__eq")).isEqualTo("a b&c");
    assertThat(request.queryParameter("state__in")).isEqualTo("registered,bootstrapped");
    assertThat(request.queryParameter("limit")).isEqualTo("7");
    assertThat(request.queryParameter("order")).isEqualTo("ASC");
  }

  @Test
  void checksFiltersThatServerIgnores() throws Exception {
    server.serve(
        1500,
        i ->
            "{\"id\":\""
                + id(i)
                + "\",\"name\":\"pump-"
                + i
                + "\",\"state\":\""
                + (i % 2 == 0 ? "registered" : "deregistered")
                + "\",\"custom_attributes\":{\"site\":\"s"
                + i % 3
                + "\"}}");

    assertThat(directory.find("pump-1200").id()).isEqualTo(id(1200));
    assertThat(server.requests()).hasSize(2);
    assertThatThrownBy(() -> directory.find("pump")).isInstanceOf(UnknownDeviceException.class);
    assertThat(names(DeviceQuery.builder().nameGlob("*-1?7").attribute("site", "s2")))
        .containsExactly("pump-107", "pump-137", "pump-167", "pump-197");
    assertThat(names(DeviceQuery.builder().states("deregistered").limit(3)))
        .containsExactly("pump-1", "pump-3", "pump-5");
    assertThat(names(DeviceQuery.builder().states("lost"))).isEmpty();
  }

  @Test
  void requestsSmallPageForSmallLimit() {
    server.serve(50, i -> device(i, "pump-" + i));
    assertThat(names(DeviceQuery.builder().limit(5))).hasSize(5);
    assertThat(server.requests())
        .singleElement()
        .matches(url -> "5".equals(url.queryParameter("limit")));
    assertThat(names(DeviceQuery.builder().pageSize(1))).hasSize(50);
    assertThat(server.requests()).hasSize(1 + 25);
  }

  @Test
  void requestsPageWhenStreamNeedsIt() {
    server.serve(10_000, i -> device(i, "pump-" + i));
    try (Stream<Device> stream = directory.list(DeviceQuery.all())) {
      Iterator<Device> devices = stream.iterator();
      assertThat(server.requests()).isEmpty();
      assertThat(devices.next().name()).isEqualTo("pump-0");
      assertThat(server.requests()).hasSize(1);
      long rest = 0;
      while (devices.hasNext()) {
        devices.next();
        rest++;
      }
      assertThat(rest).isEqualTo(9_999);
      assertThat(server.requests()).hasSize(10);
      assertThat(server.connections()).isEqualTo(1);
    }
    assertThat(directory.list(DeviceQuery.all()).findFirst()).isPresent();
    assertThat(server.requests()).hasSize(11);
  }
}
