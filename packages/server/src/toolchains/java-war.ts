import { realpathSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { encodeShellWord, tomcatServerXml, unpackWar } from "@hop3/core";
import type { ToolchainContext } from "@hop3/core/plugin";

interface War {
  readonly war: string;
  /** Of `java`, as a shell reads them. */
  readonly options: string;
}

/** Unpacks a web archive as the template java-war does; answers the command that starts it in Tomcat. */
export async function prepareWar(context: ToolchainContext, wanted: War): Promise<string> {
  const { appDir, tools } = context;
  const share = join(appDir, ".hop3-war");
  const tomcat = dirname(dirname(realpathSync(join(tools.dir, "bin/bootstrap.jar"))));
  const places: Readonly<Record<string, string>> = {
    java: tools.dir,
    tomcat,
    server: join(share, "server.xml"),
  };
  // The archive's name is the user's; in the script it is a plain word.
  const script = unpackWar("app.war").map((part) => {
    if (typeof part === "string") return part;
    const place = part.kind === "ref" ? places[part.name] : undefined;
    if (place === undefined) throw new Error("unpackWar names something that is not there");
    return place;
  });
  const prepare = `rm -rf "$SHARE"
mkdir "$SHARE"
cp "$WAR" "$SHARE/app.war"
cd "$SHARE"
printf %s "$SERVER" > server.xml
${script.join("")}`;
  context.note("info", `${basename(wanted.war)} has no main class: Tomcat runs it`);
  await context.run([join(tools.dir, "bin/bash"), "-euc", prepare], {
    env: { SHARE: share, WAR: wanted.war, SERVER: tomcatServerXml },
  });
  return startCommand({ share: encodeShellWord(share), tomcat, options: wanted.options });
}

/** A base of its own for each process, which holds nothing that has to stay. */
function startCommand(parts: {
  readonly share: string;
  readonly tomcat: string;
  readonly options: string;
}): string {
  const { share, tomcat, options } = parts;
  const properties = "org.apache.tomcat.util.digester";
  return [
    `base="\${TMPDIR:-/tmp}/tomcat-$PORT"`,
    'rm -rf "$base" && mkdir -p "$base/logs" "$base/temp" "$base/work"',
    `ln -s ${share}/conf "$base/conf"`,
    `exec java ${options} -Dcatalina.home=${tomcat} -Dcatalina.base="$base" -Dhop3.webapp=${share}/webapp -D${properties}.PROPERTY_SOURCE=${properties}.EnvironmentPropertySource -cp ${tomcat}/bin/bootstrap.jar:${tomcat}/bin/tomcat-juli.jar org.apache.catalina.startup.Bootstrap start`,
  ].join("\n");
}
