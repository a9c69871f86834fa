/**
 * A stand-in for the tunnelling service and the gateways behind it, in this process: what a test of
 * an application that uses tunnels needs in place of the cloud.
 *
 * <pre>{@code
 * @WithTunnelService(apiKeys = "ak_test", devices = DEVICE)
 * class MeterTest {
 *   @Test
 *   void asksAgainWhenTheCloudIsBusy(TunnelService cloud) throws Exception {
 *     cloud.device(DEVICE)
 *         .onConnect("127.0.0.1:80", stream -> stream.outputStream().write(42))
 *         .faults().onNextConnect(Fault.refuse(503).retryAfter(Duration.ofSeconds(1)));
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
 *   <li>{@link io.github.devicetunnel.testing.TunnelService}: begin here. Access keys,
 *       applications, what was recorded, and what is found at the end of a test
 *   <li>{@link io.github.devicetunnel.testing.WithTunnelService} and {@link
 *       io.github.devicetunnel.testing.TunnelServiceExtension}: the same for JUnit 5, which is
 *       needed by these two only
 *   <li>{@link io.github.devicetunnel.testing.TestDevice}: a gateway; its services are sockets, or
 *       a {@link io.github.devicetunnel.testing.ConnectionHandler}
 *   <li>{@link io.github.devicetunnel.testing.TokenCheck}: which JWTs are taken, unless the
 *       application checks them as production does, with keys such as {@link
 *       io.github.devicetunnel.testing.TestKeyPair}
 *   <li>{@link io.github.devicetunnel.testing.Fault} and {@link
 *       io.github.devicetunnel.testing.FaultOrders}: what the service does wrong
 *   <li>{@link io.github.devicetunnel.testing.FaultProxy}: what the network does wrong
 * </ul>
 *
 * <p>Inside, a request is seen to by {@code UpgradeDispatcher}, and answered by {@code Upgrades}:
 * path, key, device, service. A granted one is carried by a {@code Relay} between the client's
 * websocket ({@code ClientEnd}) and the service ({@code ServiceEnd}), with a fault between them if
 * one was ordered ({@code StruckService}). The {@code Ledger} keeps what has not ended.
 */
@NullMarked
package io.github.devicetunnel.testing;

import org.jspecify.annotations.NullMarked;
