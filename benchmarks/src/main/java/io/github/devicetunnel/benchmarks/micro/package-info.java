/** Measures the code of frames alone, with JMH. */
@NullUnmarked // JMH fills the fields.
package io.github.devicetunnel.benchmarks.micro;

import org.jspecify.annotations.NullUnmarked;
