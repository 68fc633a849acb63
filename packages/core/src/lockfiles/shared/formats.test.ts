import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { defaultTarget } from "../target.ts";
import { hexToBase64, parseHash, sortHashes } from "./integrity.ts";
import { findJsonError } from "./json.ts";
import { satisfies } from "./pep440.ts";
import { evaluateMarker, markerEnvironment, parseRequirement } from "./pep508.ts";
import { chooseFile, rankWheel } from "./python-files.ts";
import { insidePath, isSafeName, isSafeUrl } from "./safe.ts";
import { parseYaml } from "./yaml.ts";
import { meetsConditions } from "./yarn-conditions.ts";
import { parseYarnText } from "./yarn-text.ts";

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });

describe("parseHash", () => {
  it.each([64, 32, 20])("reads every spelling of %i bytes alike", (length) => {
    const name = { 64: "sha512", 32: "sha256", 20: "sha1" }[length];
    fc.assert(
      fc.property(bytes(length), (value) => {
        const buffer = Buffer.from(value);
        const sri = `${name}-${buffer.toString("base64")}`;
        const hex = buffer.toString("hex");
        for (const text of [
          sri,
          `${sri}?opt`,
          `${name}:${hex}`,
          `${name}=${hex.toUpperCase()}`,
          hex,
        ]) {
          expect(parseHash(text)).toEqual({ kind: "sri", sri });
        }
        expect(hexToBase64(hex)).toBe(buffer.toString("base64"));
      }),
    );
  });

  it.each([
    "",
    "sha512-",
    "sha256:abc",
    `sha256-${"A".repeat(42)}B=`.slice(0, -2),
    // The last digit of so many bytes has bits that must be zero.
    `sha256-${"A".repeat(42)}B=`,
    `sha512-${"A".repeat(85)}B==`,
    `sha1-${"A".repeat(28)}`,
    `sha256-${"A".repeat(43)}=\n`,
    `sha256-${"0".repeat(64)}`,
    "sha256-<script>",
  ])("refuses %j", (text) => {
    expect(parseHash(text)).toEqual({ kind: "invalid" });
  });

  it.each([`sha384-${"A".repeat(64)}`, "md5:d41d8cd98f00b204e9800998ecf8427e"])(
    "takes %j for useless",
    (text) => {
      expect(parseHash(text)).toEqual({ kind: "useless" });
    },
  );

  it("sorts the strongest first, whatever the order", () => {
    const hashes = ["sha1-a", "sha512-b", "sha256-c", "sha512-a", "sha512-b"];
    fc.assert(
      fc.property(fc.shuffledSubarray(hashes, { minLength: 5 }), (list) => {
        expect(sortHashes(list)).toEqual(["sha512-a", "sha512-b", "sha256-c", "sha1-a"]);
      }),
    );
  });
});

describe("parseYaml", () => {
  const line = fc
    .string({ unit: "grapheme", maxLength: 12 })
    .filter((text) => !/[\p{Cc}\p{Zl}\p{Zp}\ufeff]/u.test(text));
  const { tree } = fc.letrec<{ tree: unknown; list: unknown; map: unknown }>((tie) => ({
    list: fc.array(tie("tree"), { minLength: 1, maxLength: 3 }),
    map: fc.dictionary(
      line.filter((key) => key !== "__proto__"),
      tie("tree"),
      { minKeys: 1, maxKeys: 4 },
    ),
    tree: fc.oneof(
      { depthSize: "small" },
      line,
      fc.constantFrom("- a", "a: b", "#x", "'", "{", "true", "1.0"),
      tie("map"),
      tie("list"),
    ),
  }));
  const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

  it.each([
    ["blocks", {}],
    ["flow forms", { collectionStyle: "flow" as const }],
    ["single quotes", { singleQuote: true }],
    ["double quotes", { defaultStringType: "QUOTE_DOUBLE" as const }],
    ["keys in double quotes", { defaultKeyType: "QUOTE_DOUBLE" as const }],
  ])("reads what a YAML library writes: %s", (_what, options) => {
    fc.assert(
      fc.property(
        fc.dictionary(
          line.filter((key) => key !== "__proto__" && key.length < 900),
          tree,
          { minKeys: 1, maxKeys: 4 },
        ),
        (value) => {
          const text = stringify(value, { lineWidth: 0, ...options });
          expect(plain(parseYaml("f", text))).toEqual(plain(value));
        },
      ),
      { numRuns: 400 },
    );
  });

  it.each([
    ["a: |\n  one\n\n  two\nb: 1\n"],
    ["a: |-\n  one\n  two\n"],
    ["a: >\n  one\n  two\n\n  three\n"],
    ["a: >-\n  one\n  two\nb:\n- 1\n- x: 1\n  y: 2\n-\n  z: 3\n"],
    ["? long\n: value\n? 'quoted'\n:\n  a: b\n"],
    ["---\na: {x: 1,\n  y: [p, q],\n}\n"],
    ["a: b # comment\n# comment\nc: 'it''s' # more\nd: x#y\n"],
    ["a:\nb: c\n"],
    ["a: 'x: y'\n\"b\\x41\": c\n"],
    ["__proto__: x\n"],
  ])("reads %j as a library does", (text) => {
    const asText = parse(text, { schema: "failsafe" }) as Record<string, unknown>;
    const own = parseYaml("f", text) as Record<string, unknown>;
    const entries = (value: Record<string, unknown>) =>
      Object.entries(value).map(([key, item]) => [key, plain(item === "" ? null : item)]);
    expect(entries(own)).toEqual(entries(asText));
  });

  it.each([
    ["a: &x 1\n", 1, 4],
    ["a: *x\n", 1, 4],
    ["a: !!str x\n", 1, 4],
    ["a: 1\na: 2\n", 2, 1],
    ["a: b: c\n", 1, 4],
    ["a: 'open\n", 1, 4],
    ["a: {b: 1\n", 1, 4],
    ["a: b\n  c: d\n", 2, 3],
    ["a:\n\tb: c\n", 2, 1],
    ["just words\n", 1, 1],
    ["a:\n  - b\n  c: d\n", 3, 3],
    ['a: "\\q"\n', 1, 4],
    ["a: 'b' c\n", 1, 7],
    ["[".repeat(100), 1, 34],
  ])("refuses %j at line %i", (text, row, column) => {
    expect(() => parseYaml("f.yaml", text)).toThrow(
      expect.objectContaining({
        failure: expect.objectContaining({
          code: "LOCKFILE_SYNTAX",
          place: { file: "f.yaml", line: row, column },
        }),
      }),
    );
  });

  it("never hangs and fails in no other way, whatever the text", () => {
    const odd = fc.string({ unit: fc.constantFrom(..."ab:-?#{}[],'\"|> \n\t&*!%"), maxLength: 60 });
    fc.assert(
      fc.property(odd, (text) => {
        try {
          parseYaml("f", text);
        } catch (error) {
          expect(error).toMatchObject({ code: "LOCKFILE_SYNTAX" });
        }
      }),
      { numRuns: 3_000 },
    );
  });
});

describe("parseYarnText", () => {
  it("gives back any name and value", () => {
    const word = fc.string({ minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(word, word, word, (name, key, value) => {
        const text = `${JSON.stringify(`${name}@1`)}:\n  version "1.0.0"\n  dependencies:\n    ${JSON.stringify(key)} ${JSON.stringify(value)}\n`;
        const [entry] = parseYarnText("yarn.lock", text);
        expect(entry?.patterns).toEqual([`${name}@1`]);
        expect([...(entry?.dependencies ?? [])]).toEqual([[key, value]]);
      }),
    );
  });

  it.each([
    ["  a b\n", 1, 3],
    ["a@1\n", 1, 1],
    ["a@1:\n  version\n", 2, 3],
    ["a@1:\n      x y\n", 2, 7],
    ["a@1:\n    x y\n", 2, 5],
    ['"a@1:\n', 1, 1],
  ])("refuses %j", (text, line, column) => {
    expect(() => parseYarnText("yarn.lock", text)).toThrow(
      expect.objectContaining({
        failure: expect.objectContaining({ place: { file: "yarn.lock", line, column } }),
      }),
    );
  });
});

describe("findJsonError", () => {
  it.each([
    ["{", 1],
    ['{"a": 1,}', 8],
    ['{"a" 1}', 5],
    ['{"a": tru}', 6],
    ['{"a": 1 "b"}', 8],
    ["[1, 2", 5],
    ["[1]]", 3],
    ['{"a": "\n"}', 6],
    ['{"a": "\\q"}', 6],
    ["{a: 1}", 1],
    ["", 0],
    ["{'a': 1}", 1],
    ["[1,]", 3],
    ['{"a":1}}', 7],
  ])("finds the fault of %j at %i", (text, offset) => {
    expect(findJsonError(text)).toBe(offset);
  });

  it("finds none in valid JSON", () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(findJsonError(text)).toBe(text.length);
      }),
    );
  });
});

describe("satisfies", () => {
  it.each([
    ["1.0", "==1.0.0", true],
    ["1.0.dev1", "<1.0a1", true],
    ["1.0rc1", "<1.0", false],
    ["1.0.post1", ">1.0", false],
    ["1.0.post1", ">=1.0", true],
    ["2.0", "~=1.4", false],
    ["1.9", "~=1.4", true],
    ["1.4.9", "~=1.4.2", true],
    ["1.5.0", "~=1.4.2", false],
    ["1!1.0", ">2.0", true],
    ["1.2.3", "==1.2.*", true],
    ["1.20", "!=1.2.*", true],
    ["1.0+local", "==1.0", true],
    ["1.0", "==1.0+local", false],
    ["1.5", ">=1, <2, !=1.4", true],
    ["1.5", "", true],
    ["banana", ">=1", undefined],
    ["1.5", "about 1", undefined],
  ])("%s of %s: %s", (version, specifiers, expected) => {
    expect(satisfies(version, specifiers)).toBe(expected);
  });
});

describe("evaluateMarker", () => {
  const environment = markerEnvironment(defaultTarget);

  it.each([
    ["python_version >= '3.8'", true],
    ["python_version >= '3.9' and python_version < '3.11'", false],
    ["python_full_version == '3.11.2'", true],
    ["sys_platform == 'win32' or sys_platform == \"linux\"", true],
    ["platform_machine in 'x86_64 aarch64'", true],
    ["platform_machine not in 'x86_64'", false],
    ["(os_name == 'nt' or os_name == 'posix') and implementation_name == 'cpython'", true],
    ["os_name == 'nt' and os_name == 'posix' or os_name == 'posix'", true],
    ["'linux' in sys_platform", true],
    ["extra == 'Http_2'", true],
    ["extra == 'other'", false],
    ["unknown_name == 'x'", undefined],
    ["python_version >=", undefined],
    ["os_name == 'posix' and", undefined],
    ["os_name == 'posix')", undefined],
    [`${"(".repeat(500)}os_name == 'posix'${")".repeat(500)}`, undefined],
    ["os_name = 'posix'", undefined],
  ])("%s: %s", (marker, expected) => {
    expect(evaluateMarker(marker, environment, ["http-2"])).toBe(expected);
  });
});

describe("parseRequirement", () => {
  it.each([
    ["Flask", { name: "flask", extras: [], specifiers: "" }],
    ["zope.Interface >= 5, < 6", { name: "zope-interface", specifiers: ">=5,<6" }],
    [
      "uvicorn[standard, Watch_Files] (==0.30.0) ; python_version > '3'",
      {
        extras: ["standard", "watch-files"],
        specifiers: "==0.30.0",
        marker: "python_version > '3'",
      },
    ],
    [
      "a @ https://x.example/a.whl;b=1 ; os_name == 'nt'",
      { url: "https://x.example/a.whl;b=1", marker: "os_name == 'nt'" },
    ],
  ])("%s", (text, expected) => {
    expect(parseRequirement(text)).toMatchObject(expected);
  });

  it.each(["", "=1", "a b", "a ==", "a >= 1 2<", "-r x", "a == 1 == 2"])("refuses %j", (text) => {
    expect(parseRequirement(text)).toBeUndefined();
  });
});

describe("wheels", () => {
  /** Best first, as pip orders them on CPython 3.11 and glibc 2.36. */
  const ordered = [
    "a-1-cp311-cp311-manylinux_2_28_x86_64.whl",
    "a-1-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
    "a-1-cp311-cp311-manylinux1_x86_64.whl",
    "a-1-cp311-cp311-linux_x86_64.whl",
    "a-1-cp311-abi3-manylinux_2_17_x86_64.whl",
    "a-1-cp311-none-manylinux_2_17_x86_64.whl",
    "a-1-cp39-abi3-manylinux2014_x86_64.whl",
    "a-1-cp37-abi3-manylinux2014_x86_64.whl",
    "a-1-py3-none-manylinux_2_17_x86_64.whl",
    "a-1-1build-py3-none-any.whl",
  ];

  it("are chosen as pip chooses, whatever the order", () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(ordered, { minLength: 1 }), (list) => {
        const best = ordered.find((name) => list.includes(name));
        const chosen = chooseFile(
          [...list, "a-1.tar.gz"].map((fileName) => ({ fileName })),
          defaultTarget,
        );
        expect(chosen).toEqual({ file: { fileName: best }, format: "wheel" });
      }),
    );
  });

  it.each([
    "a-1-cp312-cp312-manylinux_2_17_x86_64.whl",
    "a-1-cp312-abi3-manylinux_2_17_x86_64.whl",
    "a-1-cp311-cp311-manylinux_2_17_aarch64.whl",
    "a-1-cp311-cp311-manylinux_2_39_x86_64.whl",
    "a-1-cp311-cp311-musllinux_1_1_x86_64.whl",
    "a-1-cp311-cp311-macosx_11_0_arm64.whl",
    "a-1-cp311-cp311d-manylinux_2_17_x86_64.whl",
    "a-1-py2-none-any.whl",
    "a-1-pp310-pypy310_pp73-manylinux_2_17_x86_64.whl",
    "a-1.whl",
    "a-1.tar.gz",
  ])("%s does not run on the target", (name) => {
    expect(rankWheel(name, defaultTarget)).toBeUndefined();
  });

  it("give way to the source where none runs", () => {
    const files = ["a-1-py2-none-any.whl", "a-1.zip", "a-1.tar.gz"].map((fileName) => ({
      fileName,
    }));
    expect(chooseFile(files, defaultTarget)).toEqual({
      file: { fileName: "a-1.tar.gz" },
      format: "sdist",
    });
    expect(chooseFile(files.slice(0, 1), defaultTarget)).toBeUndefined();
  });
});

describe("meetsConditions", () => {
  it.each([
    [undefined, true],
    ["os=linux & cpu=x64 & libc=glibc", true],
    ["os=linux & cpu=x64 & libc=musl", false],
    ["(os=darwin | os=linux) & cpu=x64", true],
    ["os=!win32", true],
    ["os=darwin", false],
  ])("%s: %s", (conditions, expected) => {
    expect(meetsConditions(conditions, defaultTarget)).toBe(expected);
  });
});

describe("safe", () => {
  it.each([
    ["a/b", "a/b"],
    ["./a//b/", "a/b"],
    ["a/../b", "b"],
    [".", "."],
    ["../a", undefined],
    ["a/../../b", undefined],
    ["/a", undefined],
    ["a\\b", undefined],
    ["C:/a", undefined],
    ["a\nb", undefined],
  ])("insidePath(%j) is %j", (path, expected) => {
    expect(insidePath(path)).toBe(expected);
  });

  it("insidePath never leaves", () => {
    const part = fc.constantFrom("..", ".", "a", "", "b.c");
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        const inside = insidePath(parts.join("/"));
        if (inside !== undefined) expect(inside.split("/")).not.toContain("..");
        if (inside !== undefined) expect(insidePath(inside)).toBe(inside);
      }),
    );
  });

  it.each([
    ["https://x.example/a/-/a-1.tgz?x=1", true],
    ["http://127.0.0.1:4873/a.tgz", true],
    ["https://[::1]:8080/a", true],
    ["https://user:pw@x.example/a", false],
    ["ftp://x.example/a", false],
    ["file:///etc/passwd", false],
    ["https://x.example/../a", false],
    ["https://x.example/a b", false],
    ["https://x.example/a\n", false],
    ['https://x.example/"', false],
    ["https://x.example/${a}", false],
  ])("isSafeUrl(%j) is %s", (url, expected) => {
    expect(isSafeUrl(url)).toBe(expected);
  });

  it.each([
    ["npm", "@scope/name", true],
    ["npm", "JSONStream", true],
    ["npm", "../a", false],
    ["npm", "@a/../b", false],
    ["npm", ".bin", false],
    ["npm", "a/b", false],
    ["pypi", "zope.interface", true],
    ["pypi", "-e", false],
    ["rubygems", "rack-test", true],
    ["packagist", "a/b", true],
    ["packagist", "a", false],
  ] as const)("isSafeName(%s, %j) is %s", (registry, name, expected) => {
    expect(isSafeName(registry, name)).toBe(expected);
  });
});
