/**
 * Carries TCP connections to services on IoT gateways through a cloud tunnelling service, one
 * websocket per connection.
 *
 * <pre>{@code
 * try (TunnelClient client = TunnelClient.builder()
 *         .cloudUri("wss://api.us-east-1.mbedcloud.com")
 *         .credentials(Credentials.apiKey(key))
 *         .deviceId("017b7fddb124724840c1c7b800000000")
 *         .serviceAddress("127.0.0.1:80")
 *         .build();
 *     TunnelStream stream = client.open()) {
 *   stream.outputStream().write(request);
 *   byte[] reply = stream.inputStream().readAllBytes();
 * } catch (TunnelRejectedException e) {
 *   // the cloud rejected the tunnel: see e.statusCode() and e.getMessage()
 * }
 * }</pre>
 *
 * <p>Start with {@link io.github.devicetunnel.TunnelClient}, which creates most other objects.
 *
 * <table class="striped">
 * <caption>Main types</caption>
 * <thead>
 * <tr><th scope="col">Purpose</th><th scope="col">API</th></tr>
 * </thead>
 * <tbody>
 * <tr><td>settings; clients with other settings</td>
 * <td>{@link io.github.devicetunnel.TunnelClient.Builder TunnelClient.Builder},
 * {@link io.github.devicetunnel.TunnelClient#newBuilder newBuilder}</td></tr>
 * <tr><td>a service on a device</td>
 * <td>{@link io.github.devicetunnel.Target}</td></tr>
 * <tr><td>access keys and JWTs</td>
 * <td>{@link io.github.devicetunnel.Credentials}</td></tr>
 * <tr><td>credentials that change</td>
 * <td>{@link io.github.devicetunnel.TokenSource}, {@link
 * io.github.devicetunnel.TokenSources}</td></tr>
 * <tr><td>a local port or unix socket for any TCP client</td>
 * <td>{@link io.github.devicetunnel.TunnelClient#listen listen}, a
 * {@link io.github.devicetunnel.TunnelListener}</td></tr>
 * <tr><td>a stream in this process, without a local port</td>
 * <td>{@link io.github.devicetunnel.TunnelClient#open open}, a
 * {@link io.github.devicetunnel.TunnelStream}</td></tr>
 * <tr><td>sockets for drivers and clients: JDBC, HTTP, Redis, SSH</td>
 * <td>{@link io.github.devicetunnel.TunnelSocketFactory}, {@link
 * io.github.devicetunnel.NamedSocketFactory}</td></tr>
 * <tr><td>trusted CAs, client certificates, pins; proxies</td>
 * <td>{@link io.github.devicetunnel.TlsSettings}, {@link
 * io.github.devicetunnel.ProxySettings}</td></tr>
 * <tr><td>the result and duration of each step of a dial</td>
 * <td>{@link io.github.devicetunnel.TunnelClient#probe() probe}, a
 * {@link io.github.devicetunnel.ProbeReport}</td></tr>
 * <tr><td>events and statistics</td>
 * <td>{@link io.github.devicetunnel.TunnelEventListener}, {@link
 * io.github.devicetunnel.TunnelClient#stats stats}</td></tr>
 * <tr><td>why the cloud rejected a tunnel</td>
 * <td>{@link io.github.devicetunnel.TunnelRejectedException}</td></tr>
 * <tr><td>why a connection ended</td>
 * <td>{@link io.github.devicetunnel.TunnelException#reason}, a
 * {@link io.github.devicetunnel.CloseReason}</td></tr>
 * <tr><td>how open connections ended during shutdown</td>
 * <td>{@link io.github.devicetunnel.DrainReport}</td></tr>
 * </tbody>
 * </table>
 */
@NullMarked
package io.github.devicetunnel;

import org.jspecify.annotations.NullMarked;
