/** Text from outside, made fit to be shown. Not exported to all. */
@NullMarked
package io.github.devicetunnel.text;

import org.jspecify.annotations.NullMarked;
