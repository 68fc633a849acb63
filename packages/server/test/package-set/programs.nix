# What the tests build with the Debian set, one attribute each.
{ pkgs }:
let
  inherit (pkgs) lib;
  multi = pkgs.stdenvNoCC.mkDerivation (final: {
    pname = "multi";
    version = "2";
    outputs = [
      "out"
      "dev"
    ];
    dontUnpack = true;
    greeting = "hello ${final.version}";
    preInstall = "echo before >> log";
    installPhase = ''
      runHook preInstall
      mkdir -p $out/bin $dev/include
      cp log $dev/include/log
      printf '#!/usr/bin/env bash\necho %s\n' "$greeting" > $out/bin/greet
      chmod +x $out/bin/greet
    '';
    passthru.marker = "kept";
  });
in
{
  inherit multi;
  overridden = multi.overrideAttrs (old: {
    version = "3";
    preInstall = old.preInstall + "; echo after >> log";
  });
  passthru = pkgs.writeText "passthru" "${multi.marker} ${multi.dev.marker} ${lib.getDev multi}";

  compiled = pkgs.stdenv.mkDerivation {
    pname = "compiled";
    version = "1";
    src = ./compiled;
    buildInputs = [ pkgs.zlib.dev ];
    makeFlags = [ "LDLIBS=-lz" ];
    installPhase = "install -Dm755 hello $out/bin/hello";
  };

  copied = pkgs.stdenv.mkDerivation {
    name = "copied";
    src = ./flask;
    installPhase = "mkdir -p $out; cp -r . $out";
  };

  sources = pkgs.linkFarm "sources" {
    fileset = lib.fileset.toSource {
      root = ./project;
      fileset = lib.fileset.difference (lib.fileset.unions [ ./project/src ]) (
        lib.fileset.unions [
          ./project/src/greeter/words.yaml
          ./project/src/greeter/__init__.py
        ]
      );
    };
    filtered = lib.cleanSourceWith {
      src = lib.cleanSource ./flask;
      filter = path: _: lib.hasSuffix ".py" path;
    };
    clean = lib.cleanSource ./compiled;
  };

  wrapped = pkgs.runCommand "wrapped" { nativeBuildInputs = [ pkgs.makeWrapper ]; } ''
    mkdir -p $out/bin
    printf '#!/bin/sh\necho "$A|$B|$C|$D|$*|$PWD"\n' > $out/bin/show
    chmod +x $out/bin/show
    patchShebangs $out/bin
    makeWrapper $out/bin/show $out/bin/all --set A "it's \$x" --set-default B default --prefix C : /first \
      --suffix C : /last --unset D --add-flags "one two" --run 'C=$C:run' --chdir /
    cp $out/bin/show $out/bin/own
    wrapProgram $out/bin/own --set A own
  '';

  joined = pkgs.symlinkJoin {
    name = "joined";
    paths = with pkgs; [
      jq
      curl
      git
      redis
      sqlite
      openssl
      coreutils
      perl
    ];
  };

  environment = pkgs.python3.withPackages (
    ps: with ps; [
      flask
      pyyaml
      requests
    ]
  );

  project = pkgs.python3Packages.buildPythonApplication {
    pname = "greeter";
    version = "2.1";
    pyproject = true;
    src = ./project;
    build-system = [ pkgs.python3Packages.setuptools ];
    dependencies = [ pkgs.python3Packages.pyyaml ];
    pythonImportsCheck = [ "greeter" ];
  };

  node = pkgs.writeShellApplication {
    name = "serve";
    runtimeInputs = [ pkgs.nodejs ];
    text = ''
      exec node -e 'require("http").createServer((q, r) => r.end("from node")).listen(process.env.HOP3_SOCKET)'
    '';
  };
  npm = pkgs.nodejs;
  inherit (pkgs) busybox python3;
  gunicorn = pkgs.python3Packages.gunicorn;
  dataPlane = pkgs.callPackage (
    { runCommandLocal, haproxy, s6 }: runCommandLocal "found" { } "ls ${haproxy}/bin ${s6}/bin > $out"
  ) { };

  files = pkgs.linkFarm "files" [
    {
      name = "text/plain";
      path = pkgs.writeText "plain" "it's $HOME \"quoted\" \${x}\n";
    }
    {
      name = "script";
      path = pkgs.writeShellScript "script" "echo \"$1\" \"\${BASH_VERSION:0:1}\"";
    }
    {
      name = "cacert";
      path = "${pkgs.cacert}/etc/ssl/certs/ca-bundle.crt";
    }
  ];
  debian = pkgs.debianPackages.hello;
}
