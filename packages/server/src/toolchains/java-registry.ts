/** Maven's settings: every repository is the configured registry. */
export function mavenSettings(registry: string | undefined): string {
  if (registry === undefined) return "<settings/>\n";
  const url = registry.replace(/&/g, "&amp;").replace(/</g, "&lt;");
  return `<settings>
  <mirrors>
    <mirror><id>hop3</id><mirrorOf>*</mirrorOf><url>${url}</url></mirror>
  </mirrors>
</settings>
`;
}

/** For every Gradle since 4.4: repositories of the network are the configured registry, and `assemble` installs programs. */
export function gradleInit(registry: string | undefined): string {
  const mirror = registry === undefined ? "" : redirect(registry);
  return `${mirror}allprojects { project ->
  project.afterEvaluate {
    def assemble = project.tasks.findByName("assemble")
    if (assemble != null && project.tasks.findByName("installDist") != null) {
      assemble.dependsOn("installDist")
    }
  }
}
`;
}

function redirect(registry: string): string {
  const address = registry.replace(/[\\']/g, "\\$&");
  return `def registry = '${address}/'
def redirect = { repositories ->
  repositories.all { repository ->
    if (repository instanceof MavenArtifactRepository && repository.url.scheme != "file") {
      repository.url = registry
      // A mirror of one's own may be without TLS; Gradle before 6 does not ask.
      if (repository.hasProperty("allowInsecureProtocol")) repository.allowInsecureProtocol = true
    }
  }
}
gradle.settingsEvaluated { settings ->
  redirect(settings.pluginManagement.repositories)
  if (settings.pluginManagement.repositories.empty) {
    settings.pluginManagement.repositories.gradlePluginPortal()
  }
  if (settings.hasProperty("dependencyResolutionManagement")) {
    redirect(settings.dependencyResolutionManagement.repositories)
  }
}
allprojects { project ->
  redirect(project.buildscript.repositories)
  redirect(project.repositories)
}
`;
}
