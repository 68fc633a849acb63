# stdenv: bash, the GNU tools, and a C compiler where a package needs one.
{
  lib,
  archive,
  bash,
}:
let
  inherit (archive) makeTree package runSeed system;
  notLibc = builtins.filter (name: name != "libc6" && name != "libgcc-s1");
  closure = names: notLibc (archive.closureOf names);

  # One tree, since nothing but builds uses it: twenty packages for the price of one.
  tools = makeTree {
    name = "stdenv-tools";
    debs = closure [
      "bzip2"
      "coreutils"
      "diffutils"
      "findutils"
      "gawk"
      "grep"
      "gzip"
      "make"
      "patch"
      "sed"
      "tar"
      "xz-utils"
    ];
    deps = [
      (package "libc6")
      bash
    ];
    extra = ''
      ln -sf gawk bin/awk
      rm -f bin/busybox
      ln -s $busybox/bin/busybox bin/busybox
      ln -s $busybox/bin/which bin/which
    '';
  };
  shell = "${bash}/bin/bash";

  setup = runSeed {
    name = "stdenv";
    text = builtins.replaceStrings [ "@path@" ] [ "${tools}/bin:${bash}/bin" ] (
      builtins.readFile ./setup.sh
    );
    passAsFile = [ "text" ];
    script = ''
      mkdir $out
      cp $textPath $out/setup
    '';
  };

  compiler = import ./compiler.nix { inherit archive bash lib; };

  # Attributes that say something about a package and are nothing to its builder.
  notForBuilder = [
    "meta"
    "passthru"
    "pos"
    "env"
    "__structuredAttrs"
    "strictDeps"
    "disallowedReferences"
  ];

  mentionsCompiler =
    text:
    builtins.match ".*(^|[^[:alnum:]_-])(cc|gcc|g[+][+]|c[+][+]|make|ld|cmake|meson|node-gyp|[$]CC|configure)([^[:alnum:]_-]|$).*" (
      builtins.replaceStrings [ "\n" ] [ " " ] text
    ) != null;
  buildFiles = [
    "Makefile"
    "makefile"
    "GNUmakefile"
    "configure"
    "CMakeLists.txt"
    "meson.build"
  ];
  hasBuildFile =
    src:
    if builtins.isPath src then
      let
        files = if lib.pathIsDirectory src then builtins.readDir src else { };
      in
      builtins.any (file: files ? ${file}) buildFiles
    else if src ? origSrc then
      hasBuildFile src.origSrc
    else
      # An archive cannot be looked into before it is built.
      src ? outPath || builtins.isString src;

  # The compiler is 200 MB: a package that only copies files does not wait for it.
  needsCompiler =
    attrs:
    let
      texts = builtins.filter builtins.isString (
        map (name: attrs.${name} or null) [
          "configurePhase"
          "preConfigure"
          "preBuild"
          "buildPhase"
          "installPhase"
          "checkPhase"
          "buildCommand"
        ]
      );
      builds = !(attrs ? buildPhase || attrs ? buildCommand || attrs.dontBuild or false);
    in
    builtins.any mentionsCompiler texts || (builds && attrs ? src && hasBuildFile attrs.src);

  makeDerivationWith =
    { withCompiler }:
    attrsOrFunction:
    let
      attrs = if builtins.isFunction attrsOrFunction then attrsOrFunction final else attrsOrFunction;
      final = attrs // {
        finalPackage = result;
      };
      name =
        if attrs ? pname then "${attrs.pname}-${attrs.version or "unversioned"}" else attrs.name or "unnamed";
      outputs = attrs.outputs or [ "out" ];
      native =
        attrs.nativeBuildInputs or [ ]
        ++ lib.optional (withCompiler && needsCompiler attrs) compiler;
      variables = builtins.removeAttrs attrs notForBuilder;
      drv = derivation (
        {
          inherit system shell;
          builder = shell;
          args =
            if attrs ? builder then
              [
                "-e"
                attrs.builder
              ]
            else
              [
                "-ec"
                "source $stdenv/setup; genericBuild"
              ];
        }
        // builtins.removeAttrs variables [ "builder" ]
        // attrs.env or { }
        // {
          name = lib.sanitizeDerivationName name;
          stdenv = setup;
          inherit outputs;
          nativeBuildInputs = flat native;
        }
      );
      extra = {
        meta = attrs.meta or { };
        passthru = attrs.passthru or { };
        inherit name outputs;
        propagatedBuildInputs = attrs.propagatedBuildInputs or [ ];
        buildInputs = attrs.buildInputs or [ ];
        nativeBuildInputs = attrs.nativeBuildInputs or [ ];
        overrideAttrs =
          change:
          let
            changed =
              final: previous:
              let
                outcome = change final;
              in
              # Both spellings: `old: …` and `final: previous: …`.
              if builtins.isFunction outcome then outcome previous else change previous;
          in
          makeDerivationWith { inherit withCompiler; } (
            final:
            let
              previous =
                if builtins.isFunction attrsOrFunction then attrsOrFunction final else attrsOrFunction;
            in
            previous // changed final previous
          );
      }
      // builtins.intersectAttrs {
        pname = null;
        version = null;
        src = null;
        patches = null;
      } attrs
      // attrs.passthru or { };
      # Every output of the package says the same about it.
      result = drv // lib.genAttrs outputs (output: drv.${output} // extra) // extra;
    in
    result;

  flat = inputs: builtins.filter (input: input != null) (lib.flatten inputs);
  makeStdenv = options: {
    mkDerivation = makeDerivationWith options;
    inherit shell system;
    cc = compiler;
    name = "stdenv";
    outPath = setup.outPath;
    isLinux = true;
    isDarwin = false;
    hostPlatform = platform;
    buildPlatform = platform;
    targetPlatform = platform;
  };
  platform = {
    inherit system;
    isLinux = true;
    isDarwin = false;
    isUnix = true;
    isx86_64 = system == "x86_64-linux";
    isAarch64 = system == "aarch64-linux";
    is64bit = true;
    isStatic = false;
    isMusl = false;
    isGnu = true;
    config = builtins.replaceStrings [ "-linux" ] [ "-unknown-linux-gnu" ] system;
    parsed.cpu.name = builtins.head (builtins.split "-" system);
    extensions = {
      sharedLibrary = ".so";
      executable = "";
    };
  };
in
{
  stdenv = makeStdenv { withCompiler = true; };
  stdenvNoCC = makeStdenv { withCompiler = false; };
  inherit compiler tools platform;
}
