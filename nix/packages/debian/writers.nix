# Small derivations: files, scripts, trees of links.
{
  lib,
  bash,
  stdenv,
  stdenvNoCC,
  runSeed,
}:
let
  shell = "${bash}/bin/bash";
  runCommandWith =
    env: name: attrs: command:
    env.mkDerivation (
      {
        inherit name;
        buildCommand = command;
        passAsFile = [ "buildCommand" ] ++ attrs.passAsFile or [ ];
      }
      // builtins.removeAttrs attrs [ "passAsFile" ]
    );
  runCommand = runCommandWith stdenvNoCC;

  # Built by the seed alone: a text file must not wait for a shell with tools.
  writeTextFile =
    {
      name,
      text,
      executable ? false,
      destination ? "",
      checkPhase ? "",
      meta ? { },
      passthru ? { },
      derivationArgs ? { },
    }:
    if checkPhase != "" then
      runCommand name
        (
          {
            inherit text meta passthru;
            passAsFile = [ "text" ];
          }
          // derivationArgs
        )
        ''
          target=$out${lib.escapeShellArg destination}
          mkdir -p "$(dirname "$target")"
          cat "$textPath" > "$target"
          ${lib.optionalString executable ''chmod +x "$target"''}
          ${checkPhase}
        ''
    else
      runSeed {
        name = lib.sanitizeDerivationName name;
        inherit text destination;
        executable = if executable then "+x" else "-x";
        passAsFile = [ "text" ];
        script = ''
          umask 022
          target=$out$destination
          mkdir -p "$(dirname "$target")"
          cat "$textPath" > "$target"
          chmod $executable "$target"
        '';
      }
      // passthru
      // {
        inherit meta;
      };

  writeScriptBin =
    name: text:
    writeTextFile {
      inherit name text;
      executable = true;
      destination = "/bin/${name}";
      meta.mainProgram = name;
    };
  linkTree = ''
    umask 022
    mkdir -p $out
    # Links the contents of $1 into $2; directories that several trees have are merged.
    link() {
      local entry target old
      for entry in "$1"/* "$1"/.[!.]*; do
        [ -e "$entry" ] || [ -L "$entry" ] || continue
        target=$2/''${entry##*/}
        case $target in
          $out/nix-support/propagated-build-inputs) continue ;;
        esac
        if [ -d "$entry" ] && [ -d "$target" ]; then
          if [ -L "$target" ]; then
            old=$(readlink -f "$target")
            rm "$target"
            mkdir "$target"
            link "$old" "$target"
          fi
          link "$entry" "$target"
        elif [ ! -e "$target" ] && [ ! -L "$target" ]; then
          ln -s "$entry" "$target"
        fi
      done
    }
  '';
  symlinkJoin =
    {
      name ? "${args.pname}-${args.version}",
      paths,
      postBuild ? "",
      nativeBuildInputs ? [ ],
      buildInputs ? [ ],
      passthru ? { },
      meta ? { },
      pathsToLink ? [ "/" ],
      ...
    }@args:
    let
      common = {
        inherit name paths;
        pathsToLink = map toString pathsToLink;
      };
      script = ''
        ${linkTree}
        mkdir -p $out/nix-support
        for path in $paths; do
          for part in $pathsToLink; do
            [ -d "$path$part" ] || continue
            mkdir -p "$out$part"
            link "$path$part" "''${out}''${part%/}"
          done
          [ ! -e "$path/nix-support/propagated-build-inputs" ] \
            || cat "$path/nix-support/propagated-build-inputs" >> $out/nix-support/propagated-build-inputs
        done
        rmdir $out/nix-support 2> /dev/null || true
      '';
    in
    (
      # Only what runs commands of its own needs the standard tools.
      if postBuild == "" then
        runSeed (common // { inherit script; })
      else
        runCommand name (common // { inherit nativeBuildInputs buildInputs; }) (script + postBuild)
    )
    // builtins.intersectAttrs {
      pname = null;
      version = null;
    } args
    // passthru
    // {
      inherit meta;
    };
in
rec {
  inherit runCommand symlinkJoin writeTextFile writeScriptBin;
  runCommandLocal = runCommand;
  runCommandNoCC = runCommand;
  # The compiler is asked for by name: nobody has to guess from the command.
  runCommandCC =
    name: attrs:
    runCommandWith stdenv name (
      attrs // { nativeBuildInputs = attrs.nativeBuildInputs or [ ] ++ [ stdenv.cc ]; }
    );

  writeText = name: text: writeTextFile { inherit name text; };
  writeTextDir =
    path: text:
    writeTextFile {
      name = baseNameOf path;
      inherit text;
      destination = "/${path}";
    };
  writeScript =
    name: text:
    writeTextFile {
      inherit name text;
      executable = true;
    };
  writeShellScript = name: text: writeScript name "#!${shell}\n${text}";
  writeShellScriptBin = name: text: writeScriptBin name "#!${shell}\n${text}";
  writeShellApplication =
    {
      name,
      text,
      runtimeInputs ? [ ],
      runtimeEnv ? { },
      bashOptions ? [
        "errexit"
        "nounset"
        "pipefail"
      ],
      inheritPath ? true,
      checkPhase ? null,
      excludeShellChecks ? [ ],
      meta ? { },
      passthru ? { },
      ...
    }:
    writeTextFile {
      inherit name passthru;
      executable = true;
      destination = "/bin/${name}";
      checkPhase = if checkPhase == null then "" else checkPhase;
      meta = {
        mainProgram = name;
      }
      // meta;
      text = ''
        #!${shell}
        ${lib.concatMapStrings (option: "set -o ${option}\n") bashOptions}
        ${lib.concatStrings (
          lib.mapAttrsToList (key: value: "export ${lib.toShellVar key value}\n") runtimeEnv
        )}
        ${lib.optionalString (runtimeInputs != [ ]) ''
          export PATH="${lib.makeBinPath runtimeInputs}${lib.optionalString inheritPath ":$PATH"}"
        ''}
        ${text}
      '';
    };
  concatText =
    name: files:
    runSeed {
      inherit name files;
      script = "cat $files > $out";
    };
  linkFarm =
    name: entries:
    let
      list =
        if builtins.isAttrs entries then
          lib.mapAttrsToList (name: path: { inherit name path; }) entries
        else
          entries;
    in
    runSeed {
      inherit name;
      script = ''
        mkdir -p $out
        cd $out
        ${lib.concatMapStrings (entry: ''
          mkdir -p "$(dirname ${lib.escapeShellArg entry.name})"
          ln -s ${lib.escapeShellArg "${entry.path}"} ${lib.escapeShellArg entry.name}
        '') list}
      '';
    };
  linkFarmFromDrvs =
    name: drvs:
    linkFarm name (
      map (drv: {
        inherit (drv) name;
        path = drv;
      }) drvs
    );
  buildEnv =
    { name, paths, ... }@args:
    symlinkJoin (
      builtins.removeAttrs args [
        "ignoreCollisions"
        "extraOutputsToInstall"
      ]
    );
}
