package io.github.devicetunnel;

/**
 * The result of draining the open connections of a listener or client. Immutable.
 *
 * @param drained number of connections that ended within the drain timeout
 * @param aborted number of connections that did not end within the drain timeout. Their local
 *     clients were reset, and the cloud received close code 1001
 * @param bytesUnconfirmed number of bytes that the aborted connections had sent to the service and
 *     that the cloud had not confirmed. This is an upper bound, because the cloud may have received
 *     some of these bytes
 */
public record DrainReport(int drained, int aborted, long bytesUnconfirmed) {}
