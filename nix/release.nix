# From the project's own `hop3.nix` to one derivation that is the Release (docs/guides/hop3-nix.md).
#
# Everything that this reads enters by hash, so that `pure-eval` can forbid all else. What the caller gets back is data:
# it checks the types and words the errors; nothing here is thrown that the user could not place.
{
  packages, # see packages/default.nix
  source, # { path, narHash, below }: the filtered Source, and the directory of it that is the app
  registries, # { names, configured }: language registries, and the addresses that are configured
  generated, # { path, narHash }: a tree that holds `file` where Hop3 has written it, else null
  file, # relative to that tree, or to the Source
  app,
  overrides, # { workers, before_run } of hop3.toml and Procfile, over the attributes
}:
let
  fetch = tree: builtins.fetchTree {
    type = "path";
    inherit (tree) path narHash;
  };
  pkgs = import ./packages (
    packages
    // {
      registries = addresses;
      npmRegistry = addresses.npm;
    }
  );
  below = source.below or "";
  root = if below == "" then fetch source else "${fetch source}/${below}";

  # An expression may ask which addresses there are; naming one that is missing says so.
  addresses =
    builtins.listToAttrs (
      map (name: {
        inherit name;
        value = throw "hop3: the registry '${name}' has no address";
      }) registries.names
    )
    // registries.configured
    // {
      inherit (registries) configured;
    };

  fromFunction =
    value:
    if builtins.isFunction value then
      value (
        builtins.intersectAttrs (builtins.functionArgs value) {
          inherit pkgs;
          registries = addresses;
          src = root;
        }
      )
    else
      value;

  # A flake may only ask for nixpkgs: that is the PackageSet. Anything else would need the network.
  fromFlake =
    flake:
    let
      inputs = builtins.mapAttrs (
        name: _:
        if name == "nixpkgs" then
          {
            legacyPackages.${packages.system} = pkgs;
            inherit (pkgs) lib;
          }
        else
          throw "hop3: flake input '${name}' cannot be had; only nixpkgs, which is the package set"
      ) (flake.inputs or { nixpkgs = null; });
      outputs = flake.outputs (inputs // { self = outputs // { outPath = root; }; });
    in
    { package = outputs.packages.${packages.system}.default; } // (outputs.hop3 or { });

  imported = import ((if generated == null then root else fetch generated) + "/${file}");
  project = if baseNameOf file == "flake.nix" then fromFlake imported else fromFunction imported;
  isSet = builtins.isAttrs project;

  keys = [
    "workers"
    "env"
    "path"
    "working_dir"
    "before_run"
    "launcher"
    "static_paths"
    "healthcheck"
    "writable_tree"
    "limits"
  ];

  isDerivation = value: builtins.isAttrs value && (value.type or null) == "derivation";

  # Plain data for JSON. Store paths keep their context, which is what pulls them into the closure.
  describe =
    depth: value:
    if builtins.isFunction value then
      { "hop3:type" = "function"; }
    else if builtins.isPath value then
      "${value}"
    else if builtins.isAttrs value then
      if value ? outPath then
        "${value}"
      else if depth == 0 then
        { "hop3:type" = "set"; }
      else
        builtins.mapAttrs (_: describe (depth - 1)) value
    else if builtins.isList value then
      if depth == 0 then { "hop3:type" = "list"; } else map (describe (depth - 1)) value
    else
      value;

  named = builtins.intersectAttrs (builtins.listToAttrs (
    map (name: {
      inherit name;
      value = null;
    }) keys
  )) (if isSet then project else { });
  contract = builtins.mapAttrs (_: describe 4) named;

  position =
    set: name:
    let
      found = builtins.unsafeGetAttrPos name set;
    in
    if found == null then
      null
    else
      {
        inherit (found) line column;
        file = toString found.file;
      };

  package = project.package or null;
  outputs = package.outputs or [ "out" ];
  usable = builtins.any (name: name == "out" || name == "bin") outputs;
  # The output that `"${package}"` means, and the one that holds its programs.
  main = if package ? outPath then package.outPath else null;
  programs = if builtins.elem "bin" outputs then package.bin.outPath else main;

  release = derivation {
    name = "hop3-release-${app}";
    inherit (packages) system;
    builder = "${pkgs.busybox}/bin/sh";
    args = [
      "-eu"
      ./release/build.sh
    ];
    PATH = "${pkgs.busybox}/bin:${pkgs.jq}/bin";
    runtime = ./release/runtime.jq;
    contract = builtins.toJSON contract;
    overrides = builtins.toJSON overrides;
    package = main;
    inherit programs;
    shell = "${pkgs.busybox}/bin/sh";
    shellTools = "${pkgs.busybox}/bin";
    preferLocalBuild = true;
    allowSubstitutes = false;
  };
in
{
  kind = builtins.typeOf project;
  unknown = builtins.filter (name: name != "package" && !builtins.elem name keys) (
    if isSet then builtins.attrNames project else [ ]
  );
  positions =
    if isSet then builtins.mapAttrs (name: _: position project name) project else { };
  package =
    if package == null then
      { kind = "missing"; }
    else if !isDerivation package then
      { kind = builtins.typeOf package; }
    else
      {
        kind = "derivation";
        name = package.name or "";
        inherit outputs usable;
      };
  inherit contract;
  # Forced only where it can exist; the caller has refused everything else by then.
  drvPath = if isDerivation package && usable then builtins.unsafeDiscardStringContext release.drvPath else null;
  # Not `outPath`: a set that has one becomes that string in JSON.
  out = if isDerivation package && usable then builtins.unsafeDiscardStringContext release.outPath else null;
}
