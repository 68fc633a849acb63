# Programs of the package set in one `bin`, for builds that are not Nix builds (docs/adr/0012).
{
  packages, # see packages/default.nix
  attributes, # names such as "nodejs", "nodejs.dev", "python3Packages.pip" or "phpExtensions.gd"
}:
let
  base = import ./packages packages;
  inherit (base) lib;

  # Modules and extensions are found through an interpreter that knows them.
  namesBelow =
    prefix: map (lib.removePrefix prefix) (builtins.filter (lib.hasPrefix prefix) attributes);
  modules = namesBelow "python3Packages.";
  extensions = namesBelow "phpExtensions.";
  python = base.python3.withPackages (set: map (name: set.${name}) modules);
  php = base.php.withExtensions (
    { enabled, all }:
    enabled
    ++ map (name: all.${name} or (throw "hop3: no package 'phpExtensions.${name}'")) extensions
  );
  pkgs =
    base
    // lib.optionalAttrs (modules != [ ]) { python3 = python; }
    // lib.optionalAttrs (extensions != [ ]) {
      inherit php;
      phpPackages = php.packages;
    };

  isPart = name: lib.hasPrefix "python3Packages." name || lib.hasPrefix "phpExtensions." name;
  find =
    name:
    let
      path = lib.splitString "." name;
      # A package that is not cut into outputs has its headers with everything else.
      whole =
        if lib.last path == "dev" then
          find (lib.removeSuffix ".dev" name)
        else
          throw "hop3: no package '${name}'";
    in
    lib.attrByPath path whole pkgs;
  # Of programs with one name the first wins, and busybox has a small one of nearly every name.
  small = builtins.filter (name: name == "busybox") attributes;
  wanted =
    builtins.filter (name: !isPart name && name != "busybox") attributes
    ++ lib.optional (modules != [ ]) "python3"
    ++ lib.optional (extensions != [ ]) "php";
  tools = pkgs.symlinkJoin {
    name = "hop3-tools";
    paths = map find (lib.unique wanted ++ small);
  };
in
{
  drvPath = builtins.unsafeDiscardStringContext tools.drvPath;
  # Not `outPath`: a set that has one becomes that string in JSON.
  out = builtins.unsafeDiscardStringContext tools.outPath;
}
