/** URLs and error descriptions of the tunnelling service. */
@NullMarked
package io.github.devicetunnel.internal.cloud;

import org.jspecify.annotations.NullMarked;
