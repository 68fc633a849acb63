import { describe, expect, it } from "vitest";
import { type DebianPackage, PackagesReader } from "./control.ts";
import { makePythonNames } from "./python-names.ts";
import { PackageTable, resolveAll } from "./resolve.ts";

const index = `
Package: app
Version: 1.0-1
Depends: libc6 (>= 2.30), default-mail | mailer, gone | tool (>= 2) | tool-next, debconf (>= 0.5) | debconf-2.0
Pre-Depends: dpkg
Filename: pool/a/app.deb
SHA256: HASH
Description: an app
 of several lines

Package: libc6
Version: 2.36-9
Depends: libgcc-s1
Filename: pool/l/libc6.deb
SHA256: HASH

Package: libgcc-s1
Version: 12
Depends: gcc-12-base (= 12), libc6
Filename: pool/l/libgcc.deb
SHA256: HASH

Package: tool
Version: 1.9
Filename: pool/t/tool.deb
SHA256: HASH

Package: tool-next
Version: 3
Filename: pool/t/tool-next.deb
SHA256: HASH

Package: big-mailer
Version: 1
Provides: mailer
Priority: extra
Filename: pool/m/big.deb
SHA256: HASH

Package: postfix
Version: 3
Provides: mailer, default-mail (= 3)
Filename: pool/m/postfix.deb
SHA256: HASH

Package: dpkg
Version: 1
Filename: pool/d/dpkg.deb
SHA256: HASH

Package: debconf
Version: 1
Filename: pool/d/debconf.deb
SHA256: HASH

Package: python3-gunicorn
Version: 20
Filename: pool/p/g.deb
SHA256: HASH

Package: gunicorn
Version: 20
Depends: python3-gunicorn (= 20)
Filename: pool/p/gunicorn.deb
SHA256: HASH

Package: python3-zope.interface
Version: 5
Filename: pool/z.deb
SHA256: HASH

Package: python3-yaml
Version: 6
Filename: pool/y.deb
SHA256: HASH

Package: tool
Version: 1.10
Filename: pool/t/tool-newer.deb
SHA256: HASH

Package: ../evil
Version: 1
Filename: ../../etc/passwd.deb
SHA256: HASH
`.replaceAll("HASH", "0123456789abcdef".repeat(4));

/** In pieces, as the pipe hands them over. */
function read(text: string, size: number): ReadonlyMap<string, DebianPackage> {
  const table = new PackageTable();
  const reader = new PackagesReader(0, (found) => table.add(found));
  for (let at = 0; at < text.length; at += size) reader.write(text.slice(at, at + size));
  reader.end();
  return table.packages;
}

describe("resolveAll", () => {
  const resolved = resolveAll(read(index, 7));

  it.each([
    ["app", ["libc6", "postfix", "tool-next"]],
    ["libc6", ["libgcc-s1"]],
    ["libgcc-s1", ["libc6"]],
    ["gunicorn", ["python3-gunicorn"]],
  ])("%s needs %j", (name, dependencies) => {
    expect(resolved.get(name)?.dependencies).toEqual(dependencies);
  });

  it("puts packages that need each other into one circle", () => {
    expect(resolved.get("libc6")?.circle).toEqual(["libc6", "libgcc-s1"]);
    expect(resolved.get("app")?.circle).toEqual([]);
  });

  it("takes the newest version, whatever the order", () => {
    expect(resolved.get("tool")?.source.version).toBe("1.10");
  });

  it("leaves out what has a name or a path of no known shape", () => {
    expect([...resolved.keys()].filter((name) => name.includes("evil"))).toEqual([]);
  });

  it("reads the same from pieces of any size", () => {
    expect(read(index, 100_000)).toEqual(read(index, 1));
  });

  it("names Python packages as nixpkgs does", () => {
    expect(makePythonNames(resolved)).toEqual({
      gunicorn: "gunicorn",
      pyyaml: "python3-yaml",
      yaml: "python3-yaml",
      "zope-interface": "python3-zope.interface",
      "zope.interface": "python3-zope.interface",
      zope_interface: "python3-zope.interface",
    });
  });
});
