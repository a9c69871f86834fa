package io.github.devicetunnel.it.docs;

import io.github.devicetunnel.it.support.ProgramBench;

/** Shows the effect of an option with the packaged program. */
@FunctionalInterface
interface OptionScene {
  void play(ProgramBench bench) throws Exception;
}
