import { z } from "zod";
import { type Crate, relock } from "../registry/crates.ts";
import { type GoModule, goSumOf } from "../registry/go.ts";
import { type NpmPackage, npmApp } from "../registry/npm.ts";

type Files = Readonly<Record<string, string>>;

/** For the local builder; each answers with `text`, which one library has handled. */
const local = (start = ""): Files => ({
  "hop3.toml": `[build]\nmethod = "local"\n${start === "" ? "" : `[run]\nstart = "${start}"\n`}`,
});

export function nodeApp(text: string, packages: readonly NpmPackage[]): Files {
  const [library] = packages;
  return {
    ...npmApp({ name: "noded", scripts: { start: "node server.js" } }, packages),
    "server.js": `const same = require("${library?.name}");
require("node:http").createServer((_, response) => response.end(same("${text}")))
  .listen(process.env.PORT, process.env.BIND_ADDRESS);
`,
    ...local(),
  };
}

/** What it needs lies in a directory of its own, which has the text. */
export function nestedNodeApp(text: string): Files {
  const own = { name: "own", version: "1.0.0" };
  const app = { name: "nested", version: "1.0.0", dependencies: { own: "file:own" } };
  const packages = {
    "": app,
    own,
    "node_modules/own": { resolved: "own", link: true },
  };
  return {
    "package.json": JSON.stringify({ ...app, main: "server.js" }),
    "package-lock.json": JSON.stringify({ ...app, lockfileVersion: 3, packages }),
    "own/package.json": JSON.stringify(own),
    "own/index.js": `module.exports = "${text}";\n`,
    "server.js": `const text = require("own");
require("node:http").createServer((_, response) => response.end(text))
  .listen(process.env.PORT, process.env.BIND_ADDRESS);
`,
    ...local(),
  };
}

/** The package `served`. */
export const servedModule = `import http.server, os
def same(text):
    return text
def serve(text):
    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(text.encode())
    address = (os.environ["BIND_ADDRESS"], int(os.environ["PORT"]))
    http.server.ThreadingHTTPServer(address, Page).serve_forever()
`;

export function pythonApp(text: string): Files {
  return {
    "requirements.txt": "served==1.0\n",
    "app.py": `import served\nserved.serve("${text}")\n`,
    ...local("python3 app.py"),
  };
}

/** Its requirements include a file, and a package of its own directory, which has the text. */
export function nestedPythonApp(text: string): Files {
  return {
    "requirements.txt": "-r more.txt\n./own\n",
    "more.txt": "served==1.0\n",
    "own/pyproject.toml":
      '[build-system]\nrequires = []\nbuild-backend = "pack"\nbackend-path = ["."]\n',
    "own/pack.py": `import zipfile
def build_wheel(to, config_settings=None, metadata_directory=None):
    name = "own-1.0-py3-none-any.whl"
    info = "own-1.0.dist-info/"
    with zipfile.ZipFile(to + "/" + name, "w") as wheel:
        wheel.write("own.py")
        wheel.writestr(info + "METADATA", "Metadata-Version: 2.1\\nName: own\\nVersion: 1.0\\n")
        wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr(info + "RECORD", "")
    return name
`,
    "own/own.py": `text = "${text}"\n`,
    "app.py": "import own, served\nserved.serve(own.text)\n",
    ...local("python3 app.py"),
  };
}

export const echoModule: GoModule = {
  name: "example.com/echo",
  version: "v1.0.0",
  files: {
    "go.mod": "module example.com/echo\n\ngo 1.19\n",
    "echo.go": "package echo\n\n// Same is it.\nfunc Same(text string) string { return text }\n",
  },
};

export function goApp(text: string): Files {
  return {
    "go.mod": "module example.com/goes\n\ngo 1.19\n\nrequire example.com/echo v1.0.0\n",
    "go.sum": goSumOf([echoModule]),
    // The toolchain compiles as much of Go's library as an app needs: the package net/http would take three times as long.
    "main.go": `package main

import (
	"net"
	"os"
	"strconv"

	"example.com/echo"
)

func main() {
	listener, err := net.Listen("tcp", os.Getenv("BIND_ADDRESS")+":"+os.Getenv("PORT"))
	if err != nil {
		panic(err)
	}
	for {
		connection, err := listener.Accept()
		if err != nil {
			panic(err)
		}
		go answer(connection)
	}
}

func answer(connection net.Conn) {
	defer connection.Close()
	connection.Read(make([]byte, 4096))
	text := echo.Same("${text}")
	head := "HTTP/1.1 200 OK\\r\\nConnection: close\\r\\nContent-Length: " + strconv.Itoa(len(text))
	connection.Write([]byte(head + "\\r\\n\\r\\n" + text))
}
`,
    ...local(),
  };
}

export function rustApp(text: string, fnv: Crate): Files {
  return {
    "Cargo.toml":
      '[package]\nname = "rusted"\nversion = "0.1.0"\nedition = "2021"\n[dependencies]\nfnv = "1"\n',
    "Cargo.lock": relock(rustLock, [fnv]),
    "src/main.rs": `use std::io::{Read, Write};
fn main() {
    let _ = fnv::FnvHasher::default();
    let host = std::env::var("BIND_ADDRESS").unwrap();
    let port = std::env::var("PORT").unwrap();
    let listener = std::net::TcpListener::bind(format!("{host}:{port}")).unwrap();
    for stream in listener.incoming() {
        let mut stream = stream.unwrap();
        let _ = stream.read(&mut [0; 4096]);
        let _ = stream.write_all(b"HTTP/1.1 200 OK\\r\\nContent-Length: ${text.length}\\r\\nConnection: close\\r\\n\\r\\n${text}");
    }
}
`,
    ...local(),
  };
}

const rustLock = `version = 3

[[package]]
name = "fnv"
version = "0"
source = "registry+https://github.com/rust-lang/crates.io-index"
checksum = "0"

[[package]]
name = "rusted"
version = "0.1.0"
dependencies = [
 "fnv",
]
`;

const javaMain = (value: string): string => `import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;
public class Main {
  public static void main(String[] args) throws Exception {
    var port = Integer.parseInt(System.getenv("SERVER_PORT"));
    var server = HttpServer.create(new InetSocketAddress(System.getenv("BIND_ADDRESS"), port), 0);
    server.createContext("/", exchange -> {
      var text = ${value};
      exchange.sendResponseHeaders(200, text.length());
      exchange.getResponseBody().write(text.getBytes());
      exchange.close();
    });
    server.start();
  }
}
`;

/** `lang3` is the version of commons-lang3. */
export function gradleApp(text: string, lang3: string): Files {
  const reversed = [...text].reverse().join("");
  return {
    "build.gradle": `plugins { id 'application' }
mainClassName = 'Main'
repositories { mavenCentral() }
dependencies { implementation 'org.apache.commons:commons-lang3:${lang3}' }
`,
    "settings.gradle": "rootProject.name = 'gradled'\n",
    "src/main/java/Main.java": javaMain(
      `org.apache.commons.lang3.StringUtils.reverse("${reversed}")`,
    ),
    ...local(),
  };
}

/** Its dependencies are the plugins that Maven itself needs. */
export function mavenApp(text: string): Files {
  return {
    "pom.xml": `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>org.example</groupId>
  <artifactId>mavened</artifactId>
  <version>1.0</version>
  <properties>
    <maven.compiler.source>11</maven.compiler.source>
    <maven.compiler.target>11</maven.compiler.target>
  </properties>
  <build>
    <plugins>
      <plugin>
        <artifactId>maven-jar-plugin</artifactId>
        <configuration><archive><manifest><mainClass>Main</mainClass></manifest></archive></configuration>
      </plugin>
    </plugins>
  </build>
</project>
`,
    "src/main/java/Main.java": javaMain(`"${text}"`),
    ...local(),
  };
}

const PackagesPage = z.object({
  packages: z.record(z.string(), z.record(z.string(), z.looseObject({ version: z.string() }))),
});

/** `page` is the registry's packages.json: what it says of a package is what composer.lock has. */
export function phpApp(text: string, page: string): Files {
  const { packages } = PackagesPage.parse(JSON.parse(page));
  const versions = Object.entries(packages).map(([name, all]) => [name, Object.keys(all)[0]]);
  return {
    "composer.json": JSON.stringify({
      require: Object.fromEntries(versions),
      config: { "secure-http": false },
    }),
    "composer.lock": JSON.stringify({
      packages: Object.entries(packages).flatMap(([name, all]) =>
        Object.values(all).map((one) => ({ name, ...one })),
      ),
      "content-hash": "0",
      "packages-dev": [],
      "minimum-stability": "stable",
      "stability-flags": {},
      "prefer-stable": false,
      "prefer-lowest": false,
      platform: {},
      "platform-dev": {},
    }),
    "public/index.php": `<?php
require __DIR__ . "/../vendor/autoload.php";
new Psr\\Log\\NullLogger();
echo "${text}";
`,
    ...local(),
  };
}
