# Rust from Debian's packages, with rustPlatform as nixpkgs has it.
{
  lib,
  archive,
  fetchurl,
  registries,
  runCommand,
  stdenv,
}:
let
  inherit (archive) package;
  versionOf = name: builtins.head (builtins.match "([0-9.]+[0-9]).*" (archive.versionOf name));
  # rustc finds its library beside its driver, so the compiler and what it compiles against are one tree.
  members = [
    "rustc"
    "cargo"
    "libstd-rust-dev"
  ]
  ++ builtins.filter (name: lib.hasPrefix "libstd-rust-" name) (archive.entryOf "libstd-rust-dev").d;
  # The C compiler is the set's own: Debian's names paths of its own.
  foreign = members ++ [
    "binutils"
    "gcc"
    "libc6-dev"
  ];
  toolchain = archive.makeTree {
    name = "rust-${versionOf "rustc"}";
    pname = "rustc";
    version = versionOf "rustc";
    debs = members;
    deps = map package (
      lib.unique (
        builtins.filter (name: !builtins.elem name foreign) (
          builtins.concatMap (member: (archive.entryOf member).d) members
        )
      )
    );
    extra = "rm -rf bin/rust-clang bin/rust-lld bin/rust-llvm-dwp lib/rustlib/src etc";
    meta.mainProgram = "rustc";
  };
  targets = {
    x86_64-linux = "x86_64-unknown-linux-gnu";
    aarch64-linux = "aarch64-unknown-linux-gnu";
  };
  target = targets.${archive.system};

  vendorConfig = ''
    [source.crates-io]
    replace-with = "vendored-sources"
    [source.vendored-sources]
    directory = "@vendor@"
  '';

  # Every crate of a Cargo.lock, each pinned by the checksum there.
  importCargoLock =
    {
      lockFile ? null,
      lockFileContents ? builtins.readFile lockFile,
      outputHashes ? { },
      ...
    }:
    let
      parsed = builtins.fromTOML lockFileContents;
      isRemote = entry: entry ? source;
      checksumOf =
        entry:
        entry.checksum
          or (parsed.metadata."checksum ${entry.name} ${entry.version} (${entry.source})"
          or (throw "importCargoLock: ${entry.name} ${entry.version} comes from ${entry.source}, and the Debian set takes crates of a registry alone")
          );
      fetch =
        entry:
        fetchurl {
          name = "${entry.name}-${entry.version}.crate";
          url = "${registries.crates}/${entry.name}/${entry.version}/download";
          sha256 = checksumOf entry;
        };
      crates = builtins.filter isRemote (parsed.package or [ ]);
    in
    runCommand "cargo-vendor-dir"
      {
        crates = map fetch crates;
        names = map (entry: "${entry.name}-${entry.version}") crates;
        inherit lockFileContents vendorConfig;
        passAsFile = [
          "lockFileContents"
          "vendorConfig"
        ];
      }
      ''
        mkdir -p $out/.cargo
        cp $lockFileContentsPath $out/Cargo.lock
        cp $vendorConfigPath $out/.cargo/config
        set -- $names
        for crate in $crates; do
          mkdir $out/$1
          tar -xzf $crate -C $out/$1 --strip-components=1 --no-same-owner
          sum=$(sha256sum $crate)
          printf '{"files":{},"package":"%s"}' "''${sum%% *}" > $out/$1/.cargo-checksum.json
          shift
        done
      '';

  ownKeys = [
    "auditable"
    "buildFeatures"
    "buildNoDefaultFeatures"
    "buildType"
    "cargoDeps"
    "cargoBuildFlags"
    "cargoHash"
    "cargoSha256"
    "cargoLock"
    "cargoTestFlags"
    "checkFeatures"
    "checkNoDefaultFeatures"
    "checkType"
    "useFetchCargoVendor"
  ];

  buildRustPackage =
    attrsOrFunction:
    stdenv.mkDerivation (
      final:
      let
        attrs = if builtins.isFunction attrsOrFunction then attrsOrFunction final else attrsOrFunction;
        cargoDeps =
          attrs.cargoDeps or (
            if attrs ? cargoLock then
              importCargoLock attrs.cargoLock
            else if attrs ? cargoHash then
              throw "buildRustPackage: cargoHash is one hash of all crates, which the Debian set cannot fetch; use cargoLock.lockFile = ./Cargo.lock"
            else
              throw "buildRustPackage needs cargoLock.lockFile = ./Cargo.lock"
          );
        buildType = attrs.buildType or "release";
        features = attrs.buildFeatures or [ ];
        flags =
          lib.optional (buildType == "release") "--release"
          ++ lib.optional (!builtins.elem buildType [
            "release"
            "debug"
          ]) "--profile=${buildType}"
          ++ lib.optional (attrs.buildNoDefaultFeatures or false) "--no-default-features"
          ++ lib.optional (features != [ ]) "--features=${lib.concatStringsSep "," features}";
      in
      {
        configurePhase = ''
          runHook preConfigure
          export CARGO_HOME=$TMPDIR/cargo CARGO_BUILD_JOBS=''${NIX_BUILD_CORES:-1} HOME=$TMPDIR
          mkdir -p $CARGO_HOME
          sed "s|@vendor@|$cargoDeps|" $cargoDeps/.cargo/config > $CARGO_HOME/config.toml
          # cargo writes into target directories alone, and rustc names sources below the build directory.
          export RUSTFLAGS="--remap-path-prefix=$cargoDeps=/crates --remap-path-prefix=$PWD=/source ''${RUSTFLAGS:-}"
          if [ ! -e Cargo.lock ]; then
            cp $cargoDeps/Cargo.lock .
          elif ! cmp -s Cargo.lock $cargoDeps/Cargo.lock; then
            die "Cargo.lock of the source is not the one that the crates were fetched by"
          fi
          runHook postConfigure
        '';
        buildPhase = ''
          runHook preBuild
          cd "''${buildAndTestSubdir:-.}"
          # shellcheck disable=SC2206 # flags are words
          declare -a buildFlags=(--offline --frozen --target ${target} $cargoFlags ''${cargoBuildFlags:-})
          echoCmd build cargo build "''${buildFlags[@]}"
          cargo build "''${buildFlags[@]}"
          cd "$OLDPWD"
          runHook postBuild
        '';
        checkPhase = ''
          runHook preCheck
          (cd "''${buildAndTestSubdir:-.}" && cargo test --offline --frozen --target ${target} $cargoFlags ''${cargoTestFlags:-} -- ''${checkFlags:-})
          runHook postCheck
        '';
        installPhase = ''
          runHook preInstall
          mkdir -p $out/bin
          for file in target/${target}/$cargoOutput/*; do
            case $file in
              *.so) install -Dm755 "$file" -t $out/lib ;;
              *.d | *.rlib | *.a) ;;
              *) if [ -f "$file" ] && [ -x "$file" ]; then install -m755 "$file" $out/bin/; fi ;;
            esac
          done
          rmdir $out/bin 2> /dev/null || true
          runHook postInstall
        '';
        doCheck = true;
      }
      // builtins.removeAttrs attrs ownKeys
      // {
        inherit cargoDeps;
        cargoFlags = flags;
        cargoOutput = if buildType == "debug" || buildType == "dev" then "debug" else buildType;
        cargoBuildFlags = attrs.cargoBuildFlags or [ ];
        cargoTestFlags = attrs.cargoTestFlags or [ ];
        nativeBuildInputs = [
          toolchain
          stdenv.cc
        ]
        ++ attrs.nativeBuildInputs or [ ];
        meta = {
          mainProgram = attrs.pname or attrs.name or null;
        }
        // attrs.meta or { };
      }
    );
in
{
  rustc = toolchain;
  cargo = toolchain // {
    meta.mainProgram = "cargo";
  };
  rustPlatform = {
    inherit buildRustPackage importCargoLock;
    rust = {
      rustc = toolchain;
      cargo = toolchain;
    };
  };
}
