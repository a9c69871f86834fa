package io.github.devicetunnel.testing;

import static io.github.devicetunnel.testing.Clients.DEVICE;
import static io.github.devicetunnel.testing.Clients.KEY;
import static io.github.devicetunnel.testing.Clients.SERVICE;
import static io.github.devicetunnel.testing.Clients.client;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.devicetunnel.Credentials;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelRejectedException;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class RecordedUpgradeTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  private TunnelService service;

  @BeforeEach
  void start() throws IOException {
    service = Clients.service().build().start();
    service.device(DEVICE).onConnect(SERVICE, Clients::echo);
  }

  @AfterEach
  void stop() {
    service.close();
  }

  @Test
  void recordsRequestAndStatus() throws Exception {
    try (TunnelClient client = client(service).build()) {
      client.open().close();
    }
    RecordedUpgrade upgrade = service.takeUpgrade(TIMEOUT);

    assertThat(upgrade.deviceId()).isEqualTo(DEVICE);
    assertThat(upgrade.serviceAddress()).isEqualTo(SERVICE);
    assertThat(upgrade.path()).startsWith("/v3/devices/" + DEVICE + "/services/");
    assertThat(upgrade.credentials()).isEqualTo(CredentialKind.ACCESS_KEY);
    assertThat(upgrade.token()).isEqualTo(KEY);
    assertThat(upgrade.applicationId()).isNull();
    assertThat(upgrade.header("sec-websocket-version")).isEqualTo("13");
    assertThat(upgrade.status()).isEqualTo(101);
    assertThat(upgrade.isGranted()).isTrue();
    assertThat(upgrade.toString()).contains(DEVICE).contains("ACCESS_KEY").doesNotContain(KEY);
  }

  @Test
  void recordsRejectedUpgrade() throws Exception {
    Credentials jwt = Credentials.jwt("app1", Clients.UNSIGNED + "secret");
    try (TunnelClient client = client(service).credentials(jwt).build()) {
      assertThatThrownBy(client::open).isInstanceOf(TunnelRejectedException.class);
    }
    RecordedUpgrade upgrade = service.takeUpgrade(TIMEOUT);

    assertThat(upgrade.credentials()).isEqualTo(CredentialKind.JWT);
    assertThat(upgrade.applicationId()).isEqualTo("app1");
    assertThat(upgrade.isGranted()).isFalse();
    assertThat(upgrade.status()).isEqualTo(401);
    assertThat(upgrade.toString()).contains("JWT of app1").doesNotContain("secret");
  }

  @Test
  void recordsRequestForUnknownPath() throws Exception {
    try (RawClient raw = new RawClient(service.uri())) {
      raw.send("GET /elsewhere HTTP/1.1\r\nHost: localhost\r\n\r\n", new byte[0]);
      assertThat(raw.readHead()).startsWith("HTTP/1.1 404 ");
    }
    RecordedUpgrade upgrade = service.takeUpgrade(TIMEOUT);

    assertThat(upgrade.path()).isEqualTo("/elsewhere");
    assertThat(upgrade.deviceId()).isNull();
    assertThat(upgrade.serviceAddress()).isNull();
    assertThat(upgrade.credentials()).isEqualTo(CredentialKind.NONE);
    assertThat(upgrade.token()).isNull();
    assertThat(upgrade.header("X-None")).isNull();
  }

  @Test
  void returnsUpgradesInOrder() throws Exception {
    service.device(DEVICE).faults().onNextConnect(Fault.reject(503));
    try (TunnelClient client = client(service).build()) {
      assertThatThrownBy(client::open).isInstanceOf(TunnelRejectedException.class);
      client.open().close();
    }
    assertThat(service.upgrades()).extracting(RecordedUpgrade::status).containsExactly(503, 101);
    assertThat(service.takeUpgrade(TIMEOUT).status()).isEqualTo(503);
    assertThat(service.upgrades()).extracting(RecordedUpgrade::status).containsExactly(101);
  }

  @Test
  void takeUpgradeFailsAfterTimeout() {
    assertThatThrownBy(() -> service.takeUpgrade(Duration.ofMillis(1)))
        .isInstanceOf(AssertionError.class)
        .hasMessage("no request for a tunnel came within PT0.001S");
  }

  @Test
  void keepsLatestUpgrades() throws Exception {
    int more = 100;
    try (RawClient raw = new RawClient(service.uri())) {
      for (int i = 0; i < UpgradeLog.CAPACITY + more; i++) {
        raw.send("GET /" + i + " HTTP/1.1\r\nHost: localhost\r\n\r\n", new byte[0]);
        raw.skipAnswer();
      }
    }
    assertThat(service.upgrades()).hasSize(UpgradeLog.CAPACITY);
    assertThat(service.upgrades().get(0).path()).isEqualTo("/" + more);
    assertThat(service.requestCount()).isEqualTo(UpgradeLog.CAPACITY + more);
  }
}
