package io.github.devicetunnel;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * The identity and target of a connection. All events of a connection carry an equal value, and no
 * two connections of a process have equal values. Immutable.
 *
 * @param number number of the connection, unique in this process and starting at 1; also used in
 *     thread names and in the log
 * @param deviceId device ID, 32 hexadecimal digits as configured
 * @param serviceAddress host and port of the service as the gateway sees it
 * @param localClient address of the local client; null on a unix socket, whose clients have no
 *     address, and for a stream
 */
public record ConnectionInfo(
    long number, String deviceId, String serviceAddress, @Nullable InetSocketAddress localClient) {}
