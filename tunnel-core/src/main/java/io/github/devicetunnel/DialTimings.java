package io.github.devicetunnel;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The durations of the steps of one dial attempt. A repeated step, for example for a second
 * address, counts as the sum of its repetitions. If the attempt fails during a step, that step ends
 * with the failure. A step that did not take place is null. For example, a dial on a warm
 * connection has no DNS, connect or TLS step. Immutable.
 *
 * @param credential time to get a token from the {@link TokenSource}; null for a fixed credential
 * @param dns DNS lookup of the host of the cloud, or of the proxy
 * @param connect TCP connect, including TLS to the proxy and the proxy's answer if there is a proxy
 * @param tls TLS handshake with the cloud
 * @param upgrade time from the upgrade request to the answer of the cloud
 * @param total duration of the attempt, including the time between the steps
 */
public record DialTimings(
    @Nullable Duration credential,
    @Nullable Duration dns,
    @Nullable Duration connect,
    @Nullable Duration tls,
    @Nullable Duration upgrade,
    Duration total) {}
