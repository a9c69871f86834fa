/** JMH benchmarks of reading and writing frames. */
@NullUnmarked // JMH sets the fields.
package io.github.devicetunnel.benchmarks.micro;

import org.jspecify.annotations.NullUnmarked;
