# Programs of the package set in one `bin`, for builds that are not Nix builds (docs/adr/0012).
{
  packages, # see packages/default.nix
  attributes, # names such as "nodejs" or "python3Packages.pip"
}:
let
  pkgs = import ./packages packages;
  inherit (pkgs) lib;
  isPython = lib.hasPrefix "python3Packages.";
  find =
    name:
    lib.attrByPath (lib.splitString "." name) (throw "hop3: no package '${name}'") pkgs;
  # Modules are found through an interpreter that knows them.
  modules = map (name: lib.removePrefix "python3Packages." name) (builtins.filter isPython attributes);
  python = pkgs.python3.withPackages (set: map (name: set.${name}) modules);
  plain = builtins.filter (name: !isPython name && !(modules != [ ] && name == "python3")) attributes;
  tools = pkgs.symlinkJoin {
    name = "hop3-tools";
    paths = (lib.optional (modules != [ ]) python) ++ map find plain;
  };
in
{
  drvPath = builtins.unsafeDiscardStringContext tools.drvPath;
  # Not `outPath`: a set that has one becomes that string in JSON.
  out = builtins.unsafeDiscardStringContext tools.outPath;
}
