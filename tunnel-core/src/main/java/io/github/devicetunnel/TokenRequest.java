package io.github.devicetunnel;

import org.jspecify.annotations.Nullable;

/**
 * A request to a {@link TokenSource} for the token of a dial attempt or of a request to the REST
 * API of the cloud.
 *
 * @param target device and service that the tunnel connects to; null for a request to the REST API,
 *     see {@link TunnelClient#callFactory}
 * @param forceRefresh whether the previous token was just rejected, so that the source must not
 *     return a cached one
 */
public record TokenRequest(@Nullable Target target, boolean forceRefresh) {}
