/** Text for messages: one line, addresses, certificates. */
@NullMarked
package io.github.devicetunnel.internal.text;

import org.jspecify.annotations.NullMarked;
