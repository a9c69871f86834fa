package io.github.devicetunnel;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Which connection it is: the same from the first event to the last, and equal to no other's.
 *
 * @param number counted from 1 in this process, as in the names of threads and in the log
 * @param deviceId the gateway, in 32 hex digits as they were given
 * @param serviceAddress host and port of the service as the gateway sees it
 * @param localClient where the local client connected from; null for one of a unix socket, which
 *     has no address, and for a stream, which is opened in process
 */
public record ConnectionInfo(
    long number, String deviceId, String serviceAddress, @Nullable InetSocketAddress localClient) {}
