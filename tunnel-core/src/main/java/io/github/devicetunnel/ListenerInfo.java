package io.github.devicetunnel;

import java.net.SocketAddress;

/**
 * The local address and the target of a listener. Immutable.
 *
 * @param localAddress bound address: an {@link java.net.InetSocketAddress}, or the {@link
 *     java.net.UnixDomainSocketAddress} of a unix socket
 * @param deviceId device ID, 32 hexadecimal digits as configured
 * @param serviceAddress host and port of the service as the gateway sees it
 */
public record ListenerInfo(SocketAddress localAddress, String deviceId, String serviceAddress) {}
