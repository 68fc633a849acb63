/**
 * A `pkgs` that has every attribute a text asks for; its functions force what they are given. With
 * `writesTexts` scripts and files become real ones, so that they can be run.
 */
export function evaluateWithStandIn(text: string, { writesTexts = false } = {}): string {
  const written = writesTexts
    ? "// { writeText = builtins.toFile; writeShellScript = builtins.toFile; }"
    : "";
  const paths = [...text.matchAll(/\bpkgs((?:\.[A-Za-z_][A-Za-z0-9_'-]*)+)/g)].map((match) =>
    (match[1] ?? "").slice(1).split("."),
  );
  const list = paths.map((path) => `[ ${path.map((name) => `"${name}"`).join(" ")} ]`);
  const extensions = [
    ...new Set([...text.matchAll(/\ball\.(\w+)/g)].map((match) => match[1] ?? "")),
  ];
  const pythonPackages = [
    ...new Set([...text.matchAll(/\bps\.([\w-]+)/g)].map((match) => match[1] ?? "")),
  ];
  return `let
  force = value:
    if builtins.isFunction value then null
    else if builtins.isAttrs value then
      if value ? outPath then builtins.seq value.outPath null
      else builtins.foldl' (done: name: builtins.seq (force value.\${name}) done) null (builtins.attrNames value)
    else if builtins.isList value then builtins.foldl' (done: item: builtins.seq (force item) done) null value
    else builtins.seq value null;
  thing = name: {
    outPath = "/stand-in/\${name}";
    withExtensions = choose: builtins.seq (choose { enabled = [ ]; all = extensions; }) (thing name);
    withPackages = choose: builtins.seq (force (choose pythonPackages)) (thing name);
    executable = "python3";
    dev = "/stand-in/\${name}-dev";
    fetchDeps = arguments: builtins.seq (builtins.attrNames arguments) (thing "deps");
    wrappedRuby = thing "wrapped-ruby";
    gemPath = "lib/ruby/gems";
    __functor = self: argument: builtins.seq (force argument) self;
  };
  pythonPackages = { ${pythonPackages.map((name) => `"${name}" = thing "${name}";`).join(" ")} };
  extensions = { ${extensions.map((name) => `${name} = thing "${name}";`).join(" ")} };
  nest = path: { \${builtins.head path} = if builtins.length path == 1 then thing (builtins.head path) else nest (builtins.tail path); };
  merge = left: right: left // builtins.mapAttrs (name: value:
    if builtins.isAttrs value && builtins.isAttrs (left.\${name} or null)
    then merge left.\${name} value else value) right;
  pkgs = builtins.foldl' merge { } (map nest [ ${list.join(" ")} ]) ${written};
  real = builtins;
  make = let builtins = real // { readFile = path: "text of \${path}"; }; in ${text.replace(/^#.*$/gm, "")};
  all = { inherit pkgs; src = "/stand-in/src"; registries = builtins.listToAttrs (map (name: { inherit name; value = "\${name}:"; }) [ "npm" "pypi" "rubygems" "packagist" "go" "maven" "crates" ]); };
  made = make (builtins.intersectAttrs (builtins.functionArgs make) all);
in builtins.seq made.package.outPath (builtins.removeAttrs made [ "package" ])
`;
}
