/** The output of a command: results, messages and the log, with secrets redacted. */
@NullMarked
package io.github.devicetunnel.cli.console;

import org.jspecify.annotations.NullMarked;
