package io.github.devicetunnel;

/**
 * A request to a {@link TokenSource} for the token of a dial attempt.
 *
 * @param target device and service that the tunnel connects to
 * @param forceRefresh whether the previous token was just rejected, so that the source must not
 *     return a cached one
 */
public record TokenRequest(Target target, boolean forceRefresh) {}
