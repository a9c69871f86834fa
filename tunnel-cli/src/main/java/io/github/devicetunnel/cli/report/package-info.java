/** Reports the events of a run: text, JSON, status line, metrics and status page. */
@NullMarked
package io.github.devicetunnel.cli.report;

import org.jspecify.annotations.NullMarked;
