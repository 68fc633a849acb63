import type { Binding } from "../../nix/ast.ts";
import { nix } from "../expressions.ts";

/** Runs with every Gradle since 4.4: what newer ones have is asked for first. */
const script = `// Every repository is a directory of dependencies: that of its own address, else that of the registry.
def dependencies = new File(System.getenv("HOP3_DEPENDENCIES"))
def registry = new File(dependencies, "maven")
def offline = { url ->
  def own = new File(dependencies, "\${url.authority}\${url.path}".replace(":", "_"))
  (own.directory ? own : registry).toURI()
}
def redirect = { repositories ->
  repositories.all { repository ->
    if (repository instanceof MavenArtifactRepository && repository.url.scheme != "file") {
      repository.url = offline(repository.url)
    }
  }
}
def redirectPlugins = { settings ->
  redirect(settings.buildscript.repositories)
  settings.pluginManagement { management ->
    redirect(management.repositories)
    management.repositories.maven { url = registry.toURI() }
  }
}
if (gradle.metaClass.respondsTo(gradle, "beforeSettings")) {
  gradle.beforeSettings(redirectPlugins)
} else {
  gradle.settingsEvaluated(redirectPlugins)
}
gradle.settingsEvaluated { settings ->
  if (settings.hasProperty("dependencyResolutionManagement")) {
    redirect(settings.dependencyResolutionManagement.repositories)
  }
}
allprojects { project ->
  redirect(project.buildscript.repositories)
  redirect(project.repositories)
  project.tasks.withType(AbstractArchiveTask) {
    preserveFileTimestamps = false
    reproducibleFileOrder = true
  }
  project.afterEvaluate {
    def assemble = project.tasks.findByName("assemble")
    if (assemble != null && project.tasks.findByName("installDist") != null) {
      assemble.dependsOn("installDist")
    }
  }
}
`;

export function initScriptBinding(): Binding {
  const text = nix.call(
    nix.ref("pkgs", "writeText"),
    nix.string("offline.gradle"),
    nix.indented(script),
  );
  return nix.bind("offline", text);
}
