# A set of packages with nixpkgs' names whose bytes are Debian's own.
{
  system,
  index,
  seed,
  mirrors,
  npmRegistry,
  registries,
}:
let
  lib = import ./lib { inherit system; };
  archive = import ./archive.nix {
    inherit
      system
      index
      seed
      mirrors
      ;
  };
  inherit (archive) busybox package runSeed;
  attributes = builtins.fromJSON (builtins.readFile ./attributes.json);

  bash = package "bash" // {
    shellPath = "/bin/bash";
  };
  environments = import ./stdenv.nix { inherit lib archive bash; };
  inherit (environments) stdenv stdenvNoCC;
  writers = import ./writers.nix {
    inherit
      lib
      bash
      stdenv
      stdenvNoCC
      runSeed
      ;
  };
  fetchers = import ./fetchers.nix { inherit lib; };
  makeWrapper = makeHook "make-wrapper-hook" ./make-wrapper.sh;
  python = import ./python.nix {
    inherit
      lib
      archive
      makeWrapper
      stdenvNoCC
      ;
  };
  node = import ./node.nix {
    inherit
      lib
      archive
      busybox
      npmRegistry
      ;
    inherit (fetchers) fetchurl;
  };

  php = import ./php.nix {
    inherit
      lib
      archive
      busybox
      cacert
      ;
  };
  ruby = import ./ruby.nix { inherit lib archive busybox; };
  gems = import ./gems.nix {
    inherit
      lib
      archive
      bash
      busybox
      stdenv
      ;
    inherit (fetchers) fetchurl;
    inherit (ruby) ruby;
    headersOf = name: pkgs.${name}.dev;
  };

  golang = import ./go.nix {
    inherit
      lib
      archive
      cacert
      registries
      stdenv
      stdenvNoCC
      ;
  };
  rust = import ./rust.nix {
    inherit
      lib
      archive
      registries
      stdenv
      ;
    inherit (fetchers) fetchurl;
    inherit (writers) runCommand;
  };
  java = import ./java.nix {
    inherit
      lib
      archive
      busybox
      cacert
      ;
  };

  # Several of Debian's packages under one of nixpkgs' names, with the headers as output `dev`.
  makeAttribute =
    name: members:
    let
      present = builtins.filter archive.has members;
      first = builtins.head present;
      development = attributes.development.${name} or null;
      package' =
        if present == [ ] then
          throw "${name}: the locked Debian index has no package '${builtins.concatStringsSep "' or '" members}'"
        else if builtins.length present == 1 then
          package first
        else
          writers.symlinkJoin {
            name = "${name}-${archive.versionOf first}";
            pname = name;
            version = archive.versionOf first;
            paths = map package present;
            # Where nixpkgs has something that Debian has elsewhere.
            postBuild = attributes.commands.${name} or "";
            meta.mainProgram = name;
          };
    in
    package'
    // {
      # nixpkgs cuts packages into outputs; here they are one.
      bin = package';
      lib = package';
      man = package';
    }
    // lib.optionalAttrs (development != null) { dev = package development; };

  postgresql = import ./postgresql.nix { inherit archive busybox lib; };

  makeHook =
    name: file:
    runSeed {
      inherit name;
      hook = builtins.replaceStrings [ "@shell@" ] [ "${bash}/bin/bash" ] (builtins.readFile file);
      passAsFile = [ "hook" ];
      script = ''
        mkdir -p $out/nix-support
        cat $hookPath > $out/nix-support/setup-hook
      '';
    };

  autoPatchelfHook = runSeed {
    name = "auto-patchelf-hook";
    hook =
      builtins.replaceStrings
        [ "@libc@" "@triplet@" "@patchelf@" ]
        [ "${package "libc6"}" archive.triplet "${archive.patchelf}/run" ]
        (builtins.readFile ./auto-patchelf.sh);
    passAsFile = [ "hook" ];
    script = ''
      mkdir -p $out/nix-support
      cat $hookPath > $out/nix-support/setup-hook
    '';
  };

  cacert = runSeed {
    name = "cacert-${archive.versionOf "ca-certificates"}";
    certificates = archive.unpack "ca-certificates";
    script = ''
      mkdir -p $out/etc/ssl/certs $out/nix-support
      cat $certificates/share/ca-certificates/mozilla/*.crt > $out/etc/ssl/certs/ca-bundle.crt
      ln -s ca-bundle.crt $out/etc/ssl/certs/ca-certificates.crt
      echo "export SSL_CERT_FILE=$out/etc/ssl/certs/ca-bundle.crt NIX_SSL_CERT_FILE=$out/etc/ssl/certs/ca-bundle.crt" \
        > $out/nix-support/setup-hook
    '';
  };

  # nixpkgs has all of execline's programs in bin, Debian only a script that starts one of them.
  execline = runSeed {
    name = "execline-${archive.versionOf "execline"}";
    pname = "execline";
    version = archive.versionOf "execline";
    source = package "execline";
    script = ''
      mkdir -p $out/bin
      for program in $source/lib/execline/bin/*; do ln -s $program $out/bin/; done
    '';
  };

  which = runSeed {
    name = "which-${archive.versionOf "busybox-static"}";
    script = ''
      mkdir -p $out/bin
      ln -s ${busybox}/bin/which $out/bin/which
    '';
  };

  pkgs =
    builtins.mapAttrs makeAttribute attributes.packages
    // java
    // writers
    // fetchers
    // {
      inherit
        autoPatchelfHook
        bash
        busybox
        cacert
        execline
        lib
        stdenv
        stdenvNoCC
        system
        which
        ;
      inherit (node) nodejs nodejs-slim;
      "nodejs_${node.major}" = node.nodejs;
      bashInteractive = bash;
      inherit pkgs;
      buildPackages = pkgs;
      pkgsBuildHost = pkgs;
      callPackage = lib.callPackageWith pkgs;
      # Any package of the archive, by Debian's name.
      debianPackages = builtins.mapAttrs (name: _: package name) (
        builtins.fromJSON (builtins.readFile "${index}/names.json")
      );
      emptyDirectory = runSeed {
        name = "empty-directory";
        script = "mkdir $out";
      };
      emptyFile = writers.writeText "empty-file" "";
      formats.json =
        { }:
        {
          generate = name: value: writers.writeText name (builtins.toJSON value);
        };
      gcc = environments.compiler;
      hostPlatform = environments.platform;
      makeSetupHook =
        { name, ... }:
        makeHook name;
      inherit makeWrapper;
      makeBinaryWrapper = makeWrapper;
      mkShell =
        args:
        stdenvNoCC.mkDerivation (
          {
            name = "shell";
            nativeBuildInputs = args.packages or [ ] ++ args.nativeBuildInputs or [ ];
            buildCommand = "mkdir $out";
          }
          // builtins.removeAttrs args [
            "packages"
            "nativeBuildInputs"
          ]
        );
      inherit (golang) buildGoModule go;
      ${golang.attribute} = golang.go;
      inherit (rust) cargo rustc rustPlatform;
      inherit (gems)
        buildRubyGem
        bundler
        bundlerApp
        bundlerEnv
        defaultGemConfig
        ;
      inherit (ruby) ruby;
      ${ruby.name} = ruby.ruby;
      inherit (php) php;
      ${php.name} = php.php;
      phpPackages = php.php.packages;
      "${php.name}Packages" = php.php.packages;
      inherit postgresql;
      python3 = python.python;
      python3Packages = python.pkgs;
      "python${lib.replaceStrings [ "." ] [ "" ] archive.pythonVersion}" = python.python;
      "python${lib.replaceStrings [ "." ] [ "" ] archive.pythonVersion}Packages" = python.pkgs;
      runtimeShell = "${bash}/bin/bash";
      runtimeShellPackage = bash;
      stdenvTools = environments.tools;
    };
in
pkgs
