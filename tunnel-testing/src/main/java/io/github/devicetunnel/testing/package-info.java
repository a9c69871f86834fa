/**
 * Provides an in-process tunnelling service with gateways, for tests of applications that use
 * tunnels. The service replaces the cloud in these tests.
 *
 * <pre>{@code
 * @WithTunnelService(apiKeys = "ak_test", devices = DEVICE)
 * class MeterTest {
 *   @Test
 *   void retriesWhenTheCloudIsBusy(TunnelService cloud) throws Exception {
 *     cloud.device(DEVICE)
 *         .onConnect("127.0.0.1:80", stream -> stream.outputStream().write(42))
 *         .faults().onNextConnect(Fault.reject(503).retryAfter(Duration.ofSeconds(1)));
 *
 *     assertEquals(42, new Meter(cloud.uri(), "ak_test", DEVICE).read());
 *
 *     assertEquals(503, cloud.takeUpgrade(Duration.ofSeconds(5)).status());
 *     assertTrue(cloud.takeUpgrade(Duration.ofSeconds(5)).isGranted());
 *   }
 * }
 * }</pre>
 *
 * <ul>
 *   <li>{@link io.github.devicetunnel.testing.TunnelService}: the entry point. It has the access
 *       keys, the applications, the recorded requests and the verification at the end of a test.
 *   <li>{@link io.github.devicetunnel.testing.WithTunnelService} and {@link
 *       io.github.devicetunnel.testing.TunnelServiceExtension}: the integration with JUnit 5. Other
 *       classes of the API do not require JUnit.
 *   <li>{@link io.github.devicetunnel.testing.TestDevice}: a gateway. Its services are sockets or
 *       {@link io.github.devicetunnel.testing.ConnectionHandler} implementations.
 *   <li>{@link io.github.devicetunnel.testing.TestDirectory}: the device directory, which lists the
 *       gateways.
 *   <li>{@link io.github.devicetunnel.testing.TokenCheck}: a custom check of JWTs. Alternatively,
 *       an application checks tokens like the cloud, with keys such as {@link
 *       io.github.devicetunnel.testing.TestKeyPair}.
 *   <li>{@link io.github.devicetunnel.testing.Fault} and {@link
 *       io.github.devicetunnel.testing.FaultOrders}: tunnel faults, which the service applies to
 *       one tunnel.
 *   <li>{@link io.github.devicetunnel.testing.FaultProxy} and {@link
 *       io.github.devicetunnel.testing.WireFaults}: wire faults, which a proxy applies to TCP
 *       connections.
 * </ul>
 *
 * <p>Implementation: {@code UpgradeDispatcher} handles a request, and {@code Upgrades} checks its
 * path, credential, device and service. {@code DirectoryRequests} answers requests for the device
 * directory. {@code Relay} carries a granted tunnel between the client's websocket ({@code
 * ClientEnd}) and the service ({@code ServiceEnd}). {@code FaultyServiceEnd} applies a tunnel fault
 * between them. {@code Ledger} tracks everything that has not ended.
 */
@NullMarked
package io.github.devicetunnel.testing;

import org.jspecify.annotations.NullMarked;
