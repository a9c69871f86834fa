package io.github.devicetunnel;

import java.net.InetSocketAddress;

/**
 * Which listener it is.
 *
 * @param localAddress where it listens
 * @param deviceId the gateway that its connections lead to, in 32 hex digits as they were given
 * @param serviceAddress host and port of the service as the gateway sees it
 */
public record ListenerInfo(
    InetSocketAddress localAddress, String deviceId, String serviceAddress) {}
