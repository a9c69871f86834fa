package io.github.devicetunnel;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot of a backoff: dials to a target or cloud are delayed because earlier ones failed.
 * Immutable.
 *
 * @param cloudUri base URL of the cloud, without secrets
 * @param target the target; null if all targets of the cloud are delayed
 * @param failures number of consecutive failures, at least 1; simultaneous ones count as one
 * @param delay time until the next dial; zero if the next dial may begin or is in progress
 * @param message description of the last failure in one line, without secrets
 */
public record BackoffStats(
    String cloudUri, @Nullable Target target, int failures, Duration delay, String message) {}
