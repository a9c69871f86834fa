package io.github.devicetunnel;

import java.net.SocketAddress;

/**
 * The local address and the target of a listener. Immutable.
 *
 * @param localAddress bound address: an {@link java.net.InetSocketAddress}, or the {@link
 *     java.net.UnixDomainSocketAddress} of a unix socket
 * @param client {@linkplain TunnelClient.Builder#name name} of the client that opened the listener
 * @param target device and service
 */
public record ListenerInfo(SocketAddress localAddress, String client, Target target) {}
