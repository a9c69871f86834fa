package io.github.devicetunnel;

/**
 * The result of draining the open connections of a listener or client. Immutable.
 *
 * @param finished number of connections that ended within the drain timeout
 * @param cut number of connections that did not end within the drain timeout and were closed
 * @param bytesNotDelivered bytes that the {@code cut} connections had sent to the service and the
 *     cloud had not confirmed. This is an upper bound, because the cloud may have received some of
 *     these bytes.
 */
public record DrainReport(int finished, int cut, long bytesNotDelivered) {}
