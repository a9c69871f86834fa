package io.github.devicetunnel.testing;

import static io.github.devicetunnel.testing.Clients.DEVICE;
import static io.github.devicetunnel.testing.Clients.SERVICE;
import static io.github.devicetunnel.testing.Clients.client;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelException;
import io.github.devicetunnel.TunnelRejectedException;
import io.github.devicetunnel.TunnelStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Locale;
import org.junit.jupiter.api.Test;

final class TestDeviceTest {
  @Test
  void disconnectsAndReconnects() throws Exception {
    try (TunnelService service = Clients.service().build().start();
        TunnelClient client = client(service).build()) {
      TestDevice device = service.device(DEVICE).onConnect(SERVICE, Clients::echo);
      try (TunnelStream stream = client.open()) {
        device.disconnect();
        assertThatThrownBy(() -> stream.inputStream().read())
            .isInstanceOfSatisfying(
                TunnelException.class, e -> assertThat(e.reason().code()).isEqualTo(1011))
            .hasMessageContaining("the gateway was disconnected");
      }
      assertThatThrownBy(client::open)
          .isInstanceOfSatisfying(
              TunnelRejectedException.class, e -> assertThat(e.statusCode()).isEqualTo(404))
          .hasMessageContaining("not connected");

      device.connect();
      try (TunnelStream stream = client.open()) {
        stream.outputStream().write('x');
        assertThat(stream.inputStream().read()).isEqualTo('x');
      }
      service.verify();
    }
  }

  @Test
  void ignoresCaseOfDeviceIdAndAddsNewDevice() {
    TunnelService service = TunnelService.builder().build();
    TestDevice device = service.device(DEVICE);

    assertThat(service.device(DEVICE.toUpperCase(Locale.ROOT))).isSameAs(device);
    assertThat(device.id()).isEqualTo(DEVICE);
    assertThat(device.isConnected()).isTrue();
    service.close();
  }

  @Test
  void usesLatestRoute() throws Exception {
    try (TunnelService service = Clients.service().build().start();
        TunnelClient client = client(service).build()) {
      service
          .device(DEVICE)
          .route(SERVICE, new InetSocketAddress(InetAddress.getLoopbackAddress(), 1))
          .onConnect(SERVICE, stream -> stream.outputStream().write('x'));
      try (TunnelStream stream = client.open()) {
        assertThat(stream.inputStream().read()).isEqualTo('x');
      }
    }
  }

  @Test
  void rejectsInvalidAddresses() {
    TestDevice device = TunnelService.builder().build().device(DEVICE);

    assertThatThrownBy(() -> device.onConnect("web:80", Clients::echo))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("but is web:80");
    assertThatThrownBy(() -> device.onConnect(SERVICE, null)).hasMessage("handler is null");
    assertThatThrownBy(
            () -> device.route(SERVICE, InetSocketAddress.createUnresolved("no.invalid", 1)))
        .hasMessageContaining("no.invalid");
  }
}
