import { readFile } from "node:fs/promises";
import { join, normalize } from "node:path";
import { unpackDebian } from "./pypi.ts";
import type { RegistryProtocol } from "./registry.ts";

/** What Maven itself asks for to make an archive out of Java sources. */
const ofMaven = `
  junit5 libaopalliance-java libapache-pom-java libasm-java
  libatinject-jsr330-api-java libcdi-api-java libcommons-compress-java libcommons-io-java
  liberror-prone-java libgeronimo-interceptor-3.0-spec-java libguava-java libguice-java
  libjsr305-java libmaven-archiver-java libmaven-common-artifact-filters-java libmaven-compiler-plugin-java
  libmaven-file-management-java libmaven-filtering-java libmaven-jar-plugin-java libmaven-parent-java
  libmaven-plugin-tools-java libmaven-resolver-java libmaven-resources-plugin-java libmaven-shared-incremental-java
  libmaven-shared-io-java libmaven-shared-utils-java libmaven3-core-java libplexus-archiver-java
  libplexus-build-api-java libplexus-cipher-java libplexus-classworlds-java libplexus-compiler-java
  libplexus-component-annotations-java libplexus-interpolation-java libplexus-io-java libplexus-languages-java
  libplexus-sec-dispatcher-java libplexus-utils2-java libqdox2-java libsisu-inject-java
  libsisu-plexus-java libslf4j-java libsnappy-java libsurefire-java
  libwagon-provider-api-java libxz-java
`
  .trim()
  .split(/\s+/);

/** A repository with Maven's own plugins, and with the libraries of these packages of the distribution. */
export async function debianRepository(...packages: readonly string[]): Promise<string> {
  return join(await unpackDebian(...ofMaven, ...packages), "usr/share/maven-repo");
}

/** A Maven repository over real ones in directories: Debian's packages of Java each bring a share/maven-repo. */
export function mavenRegistry(repositories: readonly string[]): RegistryProtocol {
  return {
    prefix: "maven",
    async answer(path) {
      for (const repository of repositories) {
        const file = join(repository, normalize(`/${decodeURIComponent(path)}`));
        const content = await readFile(file).catch(() => undefined);
        if (content !== undefined) return content;
      }
      return undefined;
    },
  };
}
