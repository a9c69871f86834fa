package io.github.devicetunnel.it.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.devicetunnel.CloseReason.EndedBy;
import io.github.devicetunnel.Credentials;
import io.github.devicetunnel.ProbeReport;
import io.github.devicetunnel.ProbeReport.Step;
import io.github.devicetunnel.Target;
import io.github.devicetunnel.TunnelClient;
import io.github.devicetunnel.TunnelRejectedException;
import io.github.devicetunnel.it.support.Await;
import io.github.devicetunnel.it.support.ClosedPort;
import io.github.devicetunnel.it.support.Cloud;
import io.github.devicetunnel.it.support.EchoService;
import io.github.devicetunnel.it.support.Jwts;
import io.github.devicetunnel.it.support.Leaks;
import io.github.devicetunnel.it.support.TestingCloud;
import io.github.devicetunnel.testing.ServiceStream;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The data that {@code TunnelClient.probe} reports. */
@ExtendWith(Leaks.class)
class ProbeTest {
  private static final String SERVICE = "127.0.0.1:80";

  @Test
  void reportsEveryStepOfAnOpenTunnel() throws Exception {
    try (EchoService service = EchoService.started();
        TestingCloud cloud = TestingCloud.startedWithTls();
        TunnelClient client = cloud.client(service).warmConnections(1).build()) {
      ProbeReport report = client.probe();

      assertThat(report.isReachable()).isTrue();
      assertThat(report.failure()).isNull();
      assertThat(report.target()).isEqualTo(client.target().orElseThrow());
      assertThat(report.addresses()).allMatch(InetAddress::isLoopbackAddress).isNotEmpty();
      assertThat(report.remoteAddress()).isNotNull();
      assertThat(report.tls()).isNotNull();
      assertThat(report.tls().version()).startsWith("TLSv1.");
      assertThat(report.tls().certificates()).hasSize(1);
      assertThat(report.timings().connect()).isPositive();
      assertThat(report.timings().tls()).isPositive();
      assertThat(report.timings().upgrade()).isPositive();
      assertThat(report.roundTrip()).isPositive();
      assertThat(report.closeReason()).isNull();
      assertThat(client.stats().opened()).isEqualTo(1);
    }
  }

  @Test
  void reportsTheRejectionOfTheCloud() throws Exception {
    try (TestingCloud cloud = TestingCloud.started();
        TunnelClient client = cloud.client(SERVICE).build()) {
      ProbeReport report = client.probe(new Target("f".repeat(32), SERVICE));

      assertThat(report.failedStep()).isEqualTo(Step.UPGRADE);
      assertThat(report.failure()).isInstanceOf(TunnelRejectedException.class);
      assertThat(report.timings().upgrade()).isPositive();
      assertThat(report.tls()).isNull();
    }
  }

  @Test
  void reportsTheStepThatFailed() throws Exception {
    try (ClosedPort port = new ClosedPort()) {
      TunnelClient.Builder builder =
          TunnelClient.builder()
              .cloudUri("ws://" + port.serviceAddress())
              .credentials(Credentials.apiKey(Cloud.KEY))
              .target(new Target(Cloud.DEVICE, SERVICE));
      try (TunnelClient client = builder.build()) {
        ProbeReport report = client.probe();
        assertThat(report.failedStep()).isEqualTo(Step.CONNECT);
        assertThat(report.failure()).hasMessageContaining("refused");
        assertThat(report.addresses()).as("an address needs no lookup").isEmpty();
        assertThat(report.remoteAddress()).isNotNull();
      }
      try (TunnelClient client =
          builder.cloudUri("wss://no-such-host.invalid").connectTimeout(Await.LONG).build()) {
        assertThat(client.probe().failedStep()).isEqualTo(Step.DNS);
      }
      Credentials expired = Credentials.jwt("app1", Jwts.expired("x"));
      try (TunnelClient client = builder.credentials(expired).build()) {
        ProbeReport report = client.probe();
        assertThat(report.failedStep()).isEqualTo(Step.CREDENTIAL);
        assertThat(report.failure()).hasMessageContaining("expired");
      }
    }
  }

  @Test
  void reportsAServiceThatEndsWithoutAByte() throws Exception {
    try (TestingCloud cloud = TestingCloud.started();
        TunnelClient client = cloud.client(SERVICE).build()) {
      cloud.service().device(Cloud.DEVICE).onConnect(SERVICE, ServiceStream::close);
      ProbeReport report = client.probe();
      assertThat(report.failedStep()).isEqualTo(Step.SERVICE);
      assertThat(report.failure()).isNull();
      assertThat(report.closeReason()).isNotNull();
      assertThat(report.closeReason().endedBy()).isEqualTo(EndedBy.SERVICE);
    }
  }

  @Test
  void interruptEndsTheProbe() throws Exception {
    try (EchoService service = EchoService.started();
        TestingCloud cloud = TestingCloud.started();
        TunnelClient client =
            cloud.client(service).connectTimeout(Duration.ofSeconds(30)).build()) {
      Thread.currentThread().interrupt();
      assertThatThrownBy(client::probe).isInstanceOf(InterruptedIOException.class);
      assertThat(Thread.interrupted()).isTrue();
    }
  }
}
