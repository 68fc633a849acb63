import type { Binding, StringPart } from "../../nix/ast.ts";
import { nix } from "../expressions.ts";

/** server.xml: one app at the root of one address; `${…}` is Tomcat's own, filled in when it starts. */
export const tomcatServerXml = `<Server port="-1">
  <Service name="Catalina">
    <Connector address="\${BIND_ADDRESS:-127.0.0.1}" port="\${PORT:-8080}" protocol="HTTP/1.1" />
    <Engine name="Catalina" defaultHost="localhost">
      <!-- The router says who asked, and whether over https. -->
      <Valve className="org.apache.catalina.valves.RemoteIpValve" protocolHeader="x-forwarded-proto" />
      <Host name="localhost" autoDeploy="false" deployOnStartup="false" unpackWARs="false">
        <Context path="" docBase="\${hop3.webapp}">
          <Manager pathname="" />
        </Context>
      </Host>
    </Engine>
  </Service>
</Server>
`;

/** The container for archives that do not start themselves. */
export function tomcatBindings(): readonly Binding[] {
  const text = nix.call(
    nix.ref("pkgs", "writeText"),
    nix.string("server.xml"),
    nix.indented(tomcatServerXml),
  );
  return [
    nix.bind("tomcat", nix.ref("pkgs", "tomcat10"), {
      comment: "Runs the archive where that does not start itself.",
    }),
    nix.bind("server", text),
  ];
}

const tomcat = nix.ref("tomcat");

/**
 * Unpacks the archive, translated where it was written for Java EE. Compressed archives inside it have to be looked into
 * for that.
 */
export function unpackWar(file: string): readonly StringPart[] {
  return [
    `mkdir webapp
(cd webapp && unzip -q ../${file})
if [ ! -d webapp/WEB-INF ]; then
  echo "${file} has neither a main class nor WEB-INF: it is no web archive" >&2
  exit 1
fi
mentions() { # TEXT: in a class of the app or of its libraries
  local found
  found=$({
    find webapp/WEB-INF -name '*.class' -exec cat {} +
    find webapp/WEB-INF -name '*.jar' -exec unzip -p {} '*.class' \\;
  } 2>/dev/null | grep -aFom1 "$1" || true)
  [ -n "$found" ]
}
if mentions javax/servlet/ && ! mentions jakarta/servlet/; then
  `,
    nix.ref("java"),
    '/bin/java -cp "',
    tomcat,
    `/lib/*" org.apache.tomcat.jakartaee.MigrationCLI webapp translated
  rm -r webapp
  mv translated webapp
fi
rm ${file}
cp -r `,
    tomcat,
    "/conf conf\nchmod -R u+w conf\ncp ",
    nix.ref("server"),
    ` conf/server.xml
# Every file of the store is of 1970: its date says nothing, its content has to.
sed -i 's|<servlet-class>org.apache.catalina.servlets.DefaultServlet</servlet-class>|&<init-param><param-name>useStrongETags</param-name><param-value>true</param-value></init-param>|' conf/web.xml
`,
  ];
}

/** Before the start: a base of its own for each process, which holds nothing that has to stay. */
export function tomcatBase(share: string): readonly string[] {
  return [
    `base="\${TMPDIR:-/tmp}/tomcat-\${PORT:-8080}"`,
    'rm -rf "$base" && mkdir -p "$base/logs" "$base/temp" "$base/work"',
    `ln -s '"${share}"'/conf "$base/conf"`,
  ];
}

/** Words behind `java`. */
export function tomcatWords(share: string): readonly StringPart[] {
  return [
    "-Dcatalina.home=",
    tomcat,
    ' -Dcatalina.base=\\"\\$base\\"',
    ` -Dhop3.webapp=${share}/webapp`,
    " -Dorg.apache.tomcat.util.digester.PROPERTY_SOURCE=org.apache.tomcat.util.digester.EnvironmentPropertySource",
    " -cp ",
    tomcat,
    "/bin/bootstrap.jar:",
    tomcat,
    "/bin/tomcat-juli.jar org.apache.catalina.startup.Bootstrap start",
  ];
}
