package io.github.devicetunnel.internal.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HeapShareTest {
  private final HeapShare share = new HeapShare(64 << 20);

  private List<HeapShare.Lease> lease(int count, boolean tls) {
    List<HeapShare.Lease> leases = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      HeapShare.Lease lease = share.lease(tls);
      assertThat(lease).as("lease %d", i + 1).isNotNull();
      leases.add(lease);
    }
    return leases;
  }

  @Test
  void fewConnectionsGetLargeBuffers() {
    assertThat(share.maxBufferBytes()).isEqualTo(64 << 10);
    lease(21, false);
    assertThat(share.maxBufferBytes()).isEqualTo(64 << 10);
    lease(1, false);
    assertThat(share.maxBufferBytes()).isEqualTo(32 << 10);
  }

  @Test
  void buffersUseAtMostOneThirdOfHeap() {
    long total = 0;
    for (int count = 1; count <= 1000; count++) {
      lease(1, false);
      total += 3L * share.maxBufferBytes();
    }
    assertThat(total).isLessThanOrEqualTo((64 << 20) / 3);
  }

  @Test
  void rejectsConnectionsAboveLimit() {
    assertThat(share.maxConnections(false)).isEqualTo(1024);
    assertThat(share.maxConnections(true)).isEqualTo(341);
    List<HeapShare.Lease> leases = lease(341, true);
    assertThat(share.lease(true)).isNull();
    leases.get(0).close();
    leases.get(0).close();
    lease(1, true);
    assertThat(share.lease(true)).isNull();
  }

  @Test
  void buffersGrowAfterConnectionsClose() {
    List<HeapShare.Lease> leases = lease(1000, false);
    assertThat(share.maxBufferBytes()).isEqualTo(1 << 10);
    leases.forEach(HeapShare.Lease::close);
    assertThat(share.maxBufferBytes()).isEqualTo(64 << 10);
  }
}
