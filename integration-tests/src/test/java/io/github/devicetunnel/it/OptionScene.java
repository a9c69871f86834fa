package io.github.devicetunnel.it;

/** Shows the effect of an option with the packaged program. */
@FunctionalInterface
interface OptionScene {
  void play(ProgramBench bench) throws Exception;
}
