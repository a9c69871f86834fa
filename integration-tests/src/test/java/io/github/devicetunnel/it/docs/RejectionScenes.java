package io.github.devicetunnel.it.docs;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Scenes with different names. */
final class RejectionScenes {
  private final Map<String, RejectionScene> scenes = new LinkedHashMap<>();

  void add(String name, String message, RejectionScene.Action action) {
    add(new RejectionScene(name, message, action));
  }

  void addAll(RejectionScenes others) {
    others.scenes.values().forEach(this::add);
  }

  private void add(RejectionScene scene) {
    if (scenes.put(scene.name(), scene) != null) {
      throw new AssertionError("two scenes have the name: " + scene);
    }
  }

  List<RejectionScene> list() {
    return List.copyOf(scenes.values());
  }
}
