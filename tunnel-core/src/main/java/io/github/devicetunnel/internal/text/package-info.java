/** Text for messages: single lines, addresses and certificates. */
@NullMarked
package io.github.devicetunnel.internal.text;

import org.jspecify.annotations.NullMarked;
