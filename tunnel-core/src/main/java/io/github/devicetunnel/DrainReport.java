package io.github.devicetunnel;

/**
 * What became of the connections that were open when something was closed.
 *
 * @param finished those that ended by themselves in the time they were given
 * @param cut those that were ended
 * @param bytesNotDelivered of those that were cut: bytes sent towards the service of which the
 *     cloud had not confirmed that they arrived. What did arrive is at least all the rest.
 */
public record DrainReport(int finished, int cut, long bytesNotDelivered) {}
