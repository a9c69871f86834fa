package io.github.devicetunnel.it;

/** What an option changes, shown with the packaged program. */
@FunctionalInterface
interface OptionScene {
  void play(ProgramBench bench) throws Exception;
}
