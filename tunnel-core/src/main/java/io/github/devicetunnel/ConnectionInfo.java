package io.github.devicetunnel;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * The identity and target of a connection. All events of a connection carry an equal value, and no
 * two connections of a process have equal values. Immutable.
 *
 * @param number number of the connection, unique in this process and starting at 1; also used in
 *     thread names and in the log
 * @param client {@linkplain TunnelClient.Builder#name name} of the client that opened the
 *     connection
 * @param target device and service
 * @param localClient address of the local client; null on a unix socket, whose clients have no
 *     address, and for a stream
 */
public record ConnectionInfo(
    long number, String client, Target target, @Nullable InetSocketAddress localClient) {}
