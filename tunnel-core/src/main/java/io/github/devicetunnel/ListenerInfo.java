package io.github.devicetunnel;

import java.net.SocketAddress;

/**
 * Which listener it is.
 *
 * @param localAddress where it listens: an {@link java.net.InetSocketAddress}, or the {@link
 *     java.net.UnixDomainSocketAddress} of a unix socket
 * @param deviceId the gateway that its connections lead to, in 32 hex digits as they were given
 * @param serviceAddress host and port of the service as the gateway sees it
 */
public record ListenerInfo(SocketAddress localAddress, String deviceId, String serviceAddress) {}
