# nixpkgs' functions for Ruby's gems: each gem a derivation, an environment that joins those of a Gemfile.lock.
{
  lib,
  archive,
  bash,
  busybox,
  stdenv,
  fetchurl,
  ruby,
  headersOf, # name: the package that has a C library's headers
}:
let
  inherit (archive) package runSeed triplet;

  # What gems with C code in them link with, and how they are told; nixpkgs keeps such a list too.
  defaultGemConfig =
    let
      debian = {
        icu = "libicu-dev";
        mariadb = "libmariadb-dev";
      };
      libraries = name: if debian ? ${name} then package debian.${name} else headersOf name;
      needs = names: _: { buildInputs = map libraries names; };
    in
    {
      charlock_holmes = needs [
        "icu"
        "zlib"
      ];
      curb = needs [ "curl" ];
      curses = needs [ "ncurses" ];
      eventmachine = needs [ "openssl" ];
      ffi = needs [ "libffi" ];
      libxml-ruby = needs [ "libxml2" ];
      mysql2 = needs [ "mariadb" ];
      nokogiri = _: {
        buildInputs = map libraries [
          "libxml2"
          "libxslt"
          "zlib"
        ];
        buildFlags = [ "--use-system-libraries" ];
      };
      openssl = needs [ "openssl" ];
      pg = _: {
        buildInputs = [ (libraries "libpq") ];
        buildFlags = [ "--with-pg-config=ignore" ];
      };
      psych = needs [ "libyaml" ];
      puma = needs [ "openssl" ];
      rbnacl = needs [ "libsodium" ];
      sqlite3 = _: {
        buildInputs = [ (libraries "sqlite") ];
        buildFlags = [ "--enable-system-libraries" ];
      };
      zlib = needs [ "zlib" ];
    };

  closure =
    gems:
    map (item: item.gem) (builtins.genericClosure {
      startSet = map keyed gems;
      operator = item: map keyed item.gem.gemPath;
    });
  keyed = gem: {
    key = gem.name;
    inherit gem;
  };

  buildRubyGem =
    {
      gemName,
      version,
      ruby,
      platform ? "ruby",
      source ? { },
      src ? fetchGem { inherit gemName suffix source; },
      gemPath ? [ ],
      buildInputs ? [ ],
      nativeBuildInputs ? [ ],
      buildFlags ? [ ],
      suffix ? if platform == "ruby" then version else "${version}-${platform}",
      ...
    }@args:
    stdenv.mkDerivation (
      builtins.removeAttrs args [
        "ruby"
        "platform"
        "source"
        "type"
        "gemPath"
        "groups"
        "dependencies"
        "suffix"
        "targets"
      ]
      // {
        name = "ruby-${gemName}-${suffix}";
        inherit src buildInputs;
        nativeBuildInputs = [
          ruby
          stdenv.cc
        ]
        ++ nativeBuildInputs;
        gemSearchPath = map (gem: "${gem}/${ruby.gemPath}") (closure gemPath);
        gemHome = ruby.gemPath;
        buildFlags = builtins.toString buildFlags;
        # A gem for one platform holds what others have compiled.
        runtime = lib.optionals (platform != "ruby") (
          map (name: "${package name}/lib/${triplet}") (
            builtins.filter archive.has [
              "libc6"
              "libgcc-s1"
              "libstdc++6"
              "libffi8"
              "libssl3"
              "libssl3t64"
              "zlib1g"
            ]
          )
        );
        loader = lib.optionalString (platform != "ruby") "${package "libc6"}/lib/${triplet}";
        patchelf = lib.optionalString (platform != "ruby") "${archive.patchelf}/run";
        dontUnpack = true;
        dontConfigure = true;
        dontBuild = true;
        installPhase = "source ${builtins.toFile "install-gem.sh" (builtins.readFile ./install-gem.sh)}";
        passthru = {
          inherit gemName gemPath suffix;
        };
        meta.mainProgram = gemName;
      }
    );

  fetchGem =
    {
      gemName,
      suffix,
      source,
    }:
    let
      remotes = source.remotes or [ ];
    in
    if source.type or "gem" != "gem" then
      throw "bundlerEnv: gem ${gemName} comes from ${source.type}; only released gems can be built here"
    else if remotes == [ ] then
      throw "bundlerEnv: gem ${gemName} has no source.remotes, the address of its registry"
    else
      fetchurl {
        url = "${lib.removeSuffix "/" (builtins.head remotes)}/gems/${gemName}-${suffix}.gem";
        inherit (source) sha256;
      };

  isWanted =
    groups: attrs:
    groups == null
    || !(attrs ? groups)
    || builtins.any (group: builtins.elem group (groups ++ [ "default" ])) attrs.groups;

  makeGems =
    {
      gemset,
      ruby,
      gemConfig,
      groups,
    }:
    let
      wanted = lib.filterAttrs (_: isWanted groups) gemset;
      # Those that only others need carry no group of their own.
      names = map (item: item.key) (builtins.genericClosure {
        startSet = map (key: { inherit key; }) (builtins.attrNames wanted);
        operator =
          item:
          map (key: { inherit key; }) (
            builtins.filter (name: gemset ? ${name}) (gemset.${item.key}.dependencies or [ ])
          );
      });
      gems = lib.genAttrs names (
        name:
        let
          attrs = gemset.${name};
          base = attrs // {
            gemName = name;
            inherit ruby;
            gemPath = map (dep: gems.${dep}) (
              builtins.filter (dep: gemset ? ${dep}) (attrs.dependencies or [ ])
            );
          };
        in
        buildRubyGem (base // (if gemConfig ? ${name} then gemConfig.${name} base else { }))
      );
    in
    gems;

  bundlerEnv =
    {
      name ? "${pname}-gems",
      pname ? "bundler",
      gemdir ? null,
      gemfile ? "${gemdir}/Gemfile",
      lockfile ? "${gemdir}/Gemfile.lock",
      gemset ? "${gemdir}/gemset.nix",
      groups ? null,
      ruby ? defaultRuby,
      gemConfig ? defaultGemConfig,
      passthru ? { },
      meta ? { },
      ...
    }:
    let
      importedGemset =
        if builtins.isAttrs gemset then
          gemset
        else if builtins.pathExists gemset then
          import gemset
        else
          throw "bundlerEnv: there is no gemset.nix; bundix writes one from Gemfile.lock";
      gems = makeGems {
        gemset = importedGemset;
        inherit ruby gemConfig groups;
      };
      confFiles = runSeed {
        name = "${name}-gemfile";
        inherit gemfile lockfile;
        script = ''
          mkdir $out
          cp $gemfile $out/Gemfile
          cp $lockfile $out/Gemfile.lock
        '';
      };
      env = runSeed {
        inherit name;
        gems = builtins.attrValues gems;
        inherit ruby confFiles;
        gemHome = ruby.gemPath;
        shell = "${bash}/bin/bash";
        without = lib.optionalString (groups != null) (
          builtins.concatStringsSep ":" (
            builtins.filter (group: !builtins.elem group (groups ++ [ "default" ])) (
              lib.unique (lib.concatMap (attrs: attrs.groups or [ ]) (builtins.attrValues importedGemset))
            )
          )
        );
        script = ". ${builtins.toFile "join-gems.sh" (builtins.readFile ./join-gems.sh)}";
      };
      wrappedRuby = runSeed {
        name = "wrapped-ruby-${name}";
        inherit ruby env confFiles;
        gemHome = ruby.gemPath;
        shell = "${busybox}/bin/sh";
        script = ''
          mkdir -p $out/bin
          for program in $ruby/bin/*; do
            printf '#!%s\nexport BUNDLE_GEMFILE="''${BUNDLE_GEMFILE:-%s/Gemfile}" BUNDLE_FROZEN=1\nexport GEM_HOME=%s GEM_PATH=%s\nexec %s "$@"\n' \
              $shell $confFiles $env/$gemHome $env/$gemHome $program > $out/bin/''${program##*/}
            chmod +x $out/bin/''${program##*/}
          done
        '';
      };
    in
    env
    // passthru
    // {
      inherit
        confFiles
        env
        gems
        ruby
        wrappedRuby
        meta
        ;
    };
  defaultRuby = ruby;
in
{
  inherit buildRubyGem bundlerEnv defaultGemConfig;
  # One program of a Gemfile: what it has for other uses stays out of sight.
  bundlerApp =
    { pname, exes, ... }@args:
    let
      env = bundlerEnv (builtins.removeAttrs args [ "exes" ]);
    in
    runSeed {
      name = pname;
      inherit pname env exes;
      script = ''
        mkdir -p $out/bin
        for program in $exes; do ln -s $env/bin/$program $out/bin/$program; done
      '';
    }
    // {
      inherit env;
      meta = args.meta or { } // {
        mainProgram = builtins.head exes;
      };
    };
  bundler = runSeed {
    name = "bundler-${ruby.version}";
    inherit ruby;
    script = ''
      mkdir -p $out/bin
      for program in bundle bundler; do ln -s $ruby/bin/$program $out/bin/$program; done
    '';
  };
}
