import { existsSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { encodeShellWord, javaBuildFlags, type SourceTree } from "@hop3/core";
import type { ToolchainBuild, ToolchainContext, ToolchainResult } from "@hop3/core/plugin";
import { gradleInit, mavenSettings } from "./java-registry.ts";
import { prepareWar } from "./java-war.ts";

const gradleFiles = [
  "build.gradle",
  "build.gradle.kts",
  "settings.gradle",
  "settings.gradle.kts",
] as const;

/** Java: what Maven or Gradle makes to be started, or a web archive that is there already. */
export const javaToolchain: ToolchainBuild = {
  name: "java",
  tools: async (tree) => ["jdk", "tomcat10", "unzip", ...builderOf(tree).tools],
  async build(context) {
    const { tree, tools } = context;
    const java = join(tools.dir, "bin/java");
    const home = javaHome(java);
    await builderOf(tree).build(context, environment(context, home));
    const made = await findMade(context);
    return { ...(await resultOf(context, made)), ...homeVariable(home) };
  },
};

/** Nothing where the host's programs are used: those find their own. */
function javaHome(java: string): string | undefined {
  try {
    return dirname(dirname(realpathSync(java)));
  } catch {
    return undefined;
  }
}

type Environment = Readonly<Record<string, string>>;

interface JavaBuilder {
  readonly tools: readonly string[];
  build(context: ToolchainContext, env: Environment): Promise<void>;
}

const none: JavaBuilder = { tools: [], build: async () => {} };

const maven: JavaBuilder = {
  tools: ["maven"],
  async build(context, env) {
    const { cacheDir, registries } = context;
    const settings = join(cacheDir, "settings.xml");
    await writeInBox(context, settings, mavenSettings(registries["maven"]));
    const plain = ["--batch-mode", "--no-transfer-progress", "-Dstyle.color=never"];
    const flags = [...plain, "--settings", settings];
    const repository = `-Dmaven.repo.local=${join(cacheDir, "maven")}`;
    await context.run(["mvn", ...flags, repository, "-DskipTests", "package"], { env });
  },
};

const gradle: JavaBuilder = {
  tools: ["gradle"],
  async build(context, env) {
    const { cacheDir, registries } = context;
    const init = join(cacheDir, "hop3.gradle");
    await writeInBox(context, init, gradleInit(registries["maven"]));
    const flags = ["--no-daemon", "--console=plain", "--init-script", init];
    await context.run(["gradle", ...flags, "assemble"], { env });
  },
};

function builderOf(tree: SourceTree): JavaBuilder {
  if (gradleFiles.some((file) => tree.has(file))) return gradle;
  return tree.has("pom.xml") ? maven : none;
}

/** Steps of the App wrote to the same places before: the server itself would follow their links. */
function writeInBox(context: ToolchainContext, file: string, text: string): Promise<void> {
  const shell = join(context.tools.dir, "bin/bash");
  const env = { TEXT: text };
  return context.run([shell, "-euc", `printf %s "$TEXT" > "$0"`, file], { env });
}

function environment({ cacheDir }: ToolchainContext, home: string | undefined): Environment {
  return {
    ...homeVariable(home).env_vars,
    GRADLE_USER_HOME: join(cacheDir, "gradle"),
    // The user of builds has no home of its own, which Java asks the system for.
    JAVA_TOOL_OPTIONS: `${javaBuildFlags} -Duser.home=${cacheDir}`,
  };
}

function homeVariable(home: string | undefined): { readonly env_vars: Environment } {
  return { env_vars: home === undefined ? {} : { JAVA_HOME: home } };
}

interface Made {
  readonly programs: readonly string[];
  /** Start themselves: java -jar. */
  readonly archives: readonly string[];
  /** Need a container. */
  readonly wars: readonly string[];
}

async function findMade(context: ToolchainContext): Promise<Made> {
  const shell = join(context.tools.dir, "bin/bash");
  const said = await context.capture([shell, "-euc", findScript]);
  const found = said.split("\n").map((line) => /^(\w+) (.*)$/.exec(line) ?? []);
  const all = (kind: string) =>
    found.flatMap(([, own, path]) =>
      own === kind && path !== undefined ? [join(context.appDir, path)] : [],
    );
  return { programs: all("program"), archives: all("archive"), wars: all("war") };
}

const findScript = `shopt -s nullglob
for file in build/install/*/bin/* */build/install/*/bin/*; do
  case $file in *.bat) ;; *) echo "program $file" ;; esac
done
for file in *.war {,*/}target/*.[jw]ar {,*/}build/libs/*.[jw]ar; do
  case $file in */original-*) continue ;; esac
  manifest=$(unzip -p "$file" META-INF/MANIFEST.MF 2> /dev/null || true)
  case $manifest in
    *Main-Class:*) echo "archive $file" ;;
    *) case $file in *.war) echo "war $file" ;; esac ;;
  esac
done
`;

/** Java asks neither TMPDIR nor HOME; JAVA_OPTS has the last word. The others are Spring Boot's names. */
const options = `-Dfile.encoding=UTF-8 -Djava.io.tmpdir="\${TMPDIR:-/tmp}" -Duser.home="\${HOME:-.}" $JAVA_OPTS`;
const variables = `env SERVER_PORT="$PORT" SERVER_ADDRESS="$BIND_ADDRESS"`;

async function resultOf(context: ToolchainContext, made: Made): Promise<ToolchainResult> {
  const { programs, archives, wars } = made;
  const [program] = programs;
  if (program !== undefined && programs.length === 1) {
    return web(
      `${variables} JAVA_OPTS="${options.replaceAll('"', "")}" ${encodeShellWord(program)}`,
    );
  }
  const [archive] = archives;
  if (archive !== undefined && archives.length === 1) {
    return web(`${variables} java ${options} -jar ${encodeShellWord(archive)}`);
  }
  const [war] = wars;
  if (war !== undefined && wars.length === 1) {
    if (!existsSync(join(context.tools.dir, "bin/bootstrap.jar"))) {
      context.note("warning", 'Tomcat is no program of the host: [build] packages = ["tomcat10"]');
      return {};
    }
    return web(await prepareWar(context, { war, options }));
  }
  const all = [...programs, ...archives, ...wars];
  if (all.length > 0) context.note("warning", `Several could be started: ${all.join(", ")}`);
  return {};
}

function web(command: string): ToolchainResult {
  return { workers: { web: { command } } };
}
