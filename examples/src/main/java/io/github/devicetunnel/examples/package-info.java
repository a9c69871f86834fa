/** Small, complete example programs, one per use of the library. */
@NullMarked
package io.github.devicetunnel.examples;

import org.jspecify.annotations.NullMarked;
