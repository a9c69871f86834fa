package io.github.devicetunnel;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How long one dial took, step by step. A step that was repeated, for a second address perhaps, is
 * the sum; one that was under way when the dial failed lasts until then. A step that was not taken
 * is null: a connection that lay ready in the pool needs only the upgrade.
 *
 * @param credential asking the {@link TokenSource}, if there is one
 * @param dns looking up the name of the cloud, or of the proxy
 * @param connect TCP, and the way through a proxy if there is one
 * @param tls the TLS handshake
 * @param upgrade from the request to the answer of the cloud
 * @param total from the beginning to the end, with what lies between the steps
 */
public record DialTimings(
    @Nullable Duration credential,
    @Nullable Duration dns,
    @Nullable Duration connect,
    @Nullable Duration tls,
    @Nullable Duration upgrade,
    Duration total) {}
