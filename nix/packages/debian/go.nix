# Go from Debian's packages, with buildGoModule as nixpkgs has it.
{
  lib,
  archive,
  cacert,
  registries,
  stdenv,
  stdenvNoCC,
}:
let
  inherit (archive) package;
  # golang-go depends on the one version that is the default.
  deb = builtins.head (
    builtins.filter (name: builtins.match "golang-[0-9.]+-go" name != null)
      (archive.entryOf "golang-go").d
  );
  version = builtins.head (builtins.match "([0-9.]+[0-9]).*" (archive.versionOf deb));
  libc = package "libc6";
  systems = {
    x86_64-linux = "amd64";
    aarch64-linux = "arm64";
  };

  go =
    archive.makeTree {
      name = "go-${version}";
      pname = "go";
      inherit version;
      debs = [
        "golang-go"
        "golang-src"
        deb
        (lib.removeSuffix "-go" deb + "-src")
      ];
      deps = [ libc ];
      # What Go has linked by itself does not survive another loader in its headers, so `go` is built again
      # without C; until then it runs as it came. The two tools that need a loader as well look at profiles.
      extra = ''
        rm -rf share/go-*/test share/go-*/api lib/go-*/pkg/tool/*/pprof lib/go-*/pkg/tool/*/trace
        mkdir $TMPDIR/raw
        for deb in $debs; do dpkg-deb -x $deb $TMPDIR/raw; done
        export GOROOT=$(echo $TMPDIR/raw/usr/lib/go-*) HOME=$TMPDIR GOCACHE=$TMPDIR/cache CGO_ENABLED=0 GOTOOLCHAIN=local
        $libc/lib/${archive.triplet}/${loader} --library-path $libc/lib/${archive.triplet} \
          $GOROOT/bin/go build -trimpath -o $(echo $out/lib/go-*/bin/go) cmd/go
      '';
      meta.mainProgram = "go";
    }
    // {
      GOOS = "linux";
      GOARCH = systems.${archive.system};
      CGO_ENABLED = 1;
    };

  # A program that Go links by itself names a loader below /lib64: the store's takes its place.
  linkerFlags = "-buildid= -I ${libc}/lib/${archive.triplet}/${loader} -r ${libc}/lib/${archive.triplet}";
  loader =
    {
      x86_64-linux = "ld-linux-x86-64.so.2";
      aarch64-linux = "ld-linux-aarch64.so.1";
    }
    .${archive.system};

  ownKeys = [
    "allowGoReference"
    "deleteVendor"
    "excludedPackages"
    "goSum"
    "GOFLAGS"
    "ldflags"
    "modPostBuild"
    "modRoot"
    "overrideModAttrs"
    "proxyVendor"
    "subPackages"
    "tags"
    "vendorHash"
    "vendorSha256"
  ];

  # The standard library, compiled once: it is most of the work of a small program.
  standard = stdenv.mkDerivation {
    name = "go-standard-${version}";
    nativeBuildInputs = [
      go
      stdenv.cc
    ];
    buildCommand = ''
      export GOCACHE=$out HOME=$TMPDIR
      go build -trimpath std
      rm -f $out/trim.txt
    '';
  };

  # A cache of links: go writes beside what is there already, never into it.
  environment = ''
    mkdir -p $TMPDIR/go-cache
    cp -rs --no-preserve=mode ${standard}/. $TMPDIR/go-cache
    # Otherwise go would remove what has not been used for days.
    date +%s > $TMPDIR/go-cache/trim.txt
    export GOCACHE=$TMPDIR/go-cache GOPATH=$TMPDIR/go GOTOOLCHAIN=local GOSUMDB=off GO111MODULE=on
    export HOME=$TMPDIR
  '';

  # Modules by the hash of them all, as nixpkgs does it: the one derivation that asks the registry.
  makeModules =
    attrs: hash:
    stdenvNoCC.mkDerivation (
      builtins.intersectAttrs {
        src = null;
        sourceRoot = null;
        patches = null;
        prePatch = null;
        postPatch = null;
      } attrs
      // {
        name = "${attrs.pname or attrs.name}-${attrs.version or "0"}-go-modules";
        nativeBuildInputs = [
          go
          cacert
        ]
        ++ attrs.nativeBuildInputs or [ ];
        GOPROXY = registries.go;
        proxyVendor = if attrs.proxyVendor or false then "1" else "";
        configurePhase = ''
          export GOPATH=$TMPDIR/go GOCACHE=$TMPDIR/go-cache GOTOOLCHAIN=local GOSUMDB=off HOME=$TMPDIR
          cd "${attrs.modRoot or "."}"
        '';
        buildPhase = ''
          ${lib.optionalString (attrs.deleteVendor or false) "rm -rf vendor"}
          if [ -n "$proxyVendor" ]; then
            mkdir -p $GOPATH/pkg/mod/cache/download
            go mod download
          else
            go mod vendor
          fi
          ${attrs.modPostBuild or ""}
          mkdir -p vendor
        '';
        installPhase = ''
          if [ -n "$proxyVendor" ]; then
            rm -rf $GOPATH/pkg/mod/cache/download/sumdb
            cp -r $GOPATH/pkg/mod/cache/download $out
          else
            cp -r vendor $out
          fi
          if [ -z "$(ls -A $out)" ]; then
            echo "there are no modules to fetch: set vendorHash = null" >&2
            exit 1
          fi
        '';
        dontFixup = true;
        outputHashMode = "recursive";
        outputHash = if hash == "" then lib.fakeHash else hash;
      }
      // lib.optionalAttrs (hash != "" && !lib.hasInfix "-" hash) { outputHashAlgo = "sha256"; }
    );

  buildGoModule =
    attrsOrFunction:
    stdenv.mkDerivation (
      final:
      let
        attrs = if builtins.isFunction attrsOrFunction then attrsOrFunction final else attrsOrFunction;
        hash = attrs.vendorHash or attrs.vendorSha256 or (throw "buildGoModule needs vendorHash: null where the source holds its modules or has none");
        proxyVendor = attrs.proxyVendor or false;
        modules = (makeModules attrs hash).overrideAttrs (attrs.overrideModAttrs or (_: { }));
        flags =
          attrs.GOFLAGS or [ ]
          ++ lib.optional (!proxyVendor) "-mod=vendor"
          ++ lib.optional (proxyVendor && hash != null) "-mod=mod"
          ++ lib.optional (!(attrs.allowGoReference or false)) "-trimpath";
      in
      {
        configurePhase = ''
          runHook preConfigure
          ${environment}
          export GOPROXY=off
          cd "''${modRoot:-.}"
          if [ -n "''${goModules:-}" ]; then
            if [ -n "''${proxyVendor:-}" ]; then
              export GOPROXY=file://$goModules
            else
              rm -rf vendor
              cp -r $goModules vendor
            fi
          fi
          runHook postConfigure
        '';
        # Programs alone are kept, so nothing else has to be named.
        listPrograms = ''
          go list -e -f '{{if eq .Name "main"}}{{.ImportPath}}{{end}}' ./... \
            | grep -vE '/examples?(/|$)' \
            | { if [ -n "''${excludedPackages:-}" ]; then grep -vF -- "''${excludedPackages// /$'\n'}"; else cat; fi; }
        '';
        buildPhase = ''
          runHook preBuild
          declare -a buildFlags=(-v -p "''${NIX_BUILD_CORES:-1}")
          if [ -n "''${tags:-}" ]; then buildFlags+=(-tags "''${tags// /,}"); fi
          buildFlags+=("-ldflags=$linkerFlags''${ldflags:+ $ldflags}")
          declare -a packages=()
          if [ -n "''${subPackages:-}" ]; then
            for package in $subPackages; do packages+=("./''${package#./}"); done
          else
            mapfile -t packages < <(eval "$listPrograms")
          fi
          [ ''${#packages[@]} -gt 0 ] || die "no package main in $PWD"
          mkdir -p $GOPATH/bin
          echoCmd build go install "''${buildFlags[@]}" "''${packages[@]}"
          go install "''${buildFlags[@]}" "''${packages[@]}"
          runHook postBuild
        '';
        checkPhase = ''
          runHook preCheck
          go test -p "''${NIX_BUILD_CORES:-1}" ''${tags:+-tags "''${tags// /,}"} ''${checkFlags:-} ./...
          runHook postCheck
        '';
        installPhase = ''
          runHook preInstall
          mkdir -p $out
          if [ -d "$GOPATH/bin" ]; then cp -r "$GOPATH/bin" $out/bin; fi
          runHook postInstall
        '';
        doCheck = true;
        CGO_ENABLED = go.CGO_ENABLED;
      }
      // builtins.removeAttrs attrs ownKeys
      // lib.filterAttrs (_: value: value != null && value != [ ]) {
        inherit linkerFlags;
        GOFLAGS = lib.concatStringsSep " " flags;
        ldflags = if attrs ? ldflags then toString attrs.ldflags else null;
        tags = attrs.tags or null;
        subPackages = attrs.subPackages or null;
        excludedPackages = attrs.excludedPackages or null;
        modRoot = attrs.modRoot or null;
        proxyVendor = if proxyVendor then "1" else null;
        goModules = if hash == null then null else modules;
        # The compiler is asked for by Go itself, wherever a package holds C.
        nativeBuildInputs = [
          go
          stdenv.cc
        ]
        ++ attrs.nativeBuildInputs or [ ];
        passthru = {
          inherit go;
          goModules = if hash == null then "" else modules;
          vendorHash = hash;
        }
        // attrs.passthru or { };
        meta = {
          mainProgram = attrs.pname or attrs.name or null;
        }
        // attrs.meta or { };
      }
    );
in
{
  inherit go buildGoModule;
  attribute = "go_${lib.replaceStrings [ "." ] [ "_" ] (lib.versions.majorMinor version)}";
}
