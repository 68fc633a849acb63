{ pkgs ? import <nixpkgs> { } }:
{
  package = pkgs.stdenv.mkDerivation {
    pname = "shell";
    version = "1.0.0";
    src = ./.;
    # Where the scripts' "#!/bin/sh" is made to point.
    buildInputs = [ pkgs.busybox ];
    dontConfigure = true;
    dontBuild = true;
    installPhase = ''
      runHook preInstall
      mkdir -p $out/www
      cp -r bin $out/bin
      cp -r cgi-bin $out/www/cgi-bin
      chmod +x $out/bin/* $out/www/cgi-bin/*
      runHook postInstall
    '';
  };

  # "serve" and "count" are programs of the package: its bin directory is on PATH.
  workers = {
    web = "serve";
    counter = "count";
  };

  healthcheck = {
    path = "/cgi-bin/hello";
  };
}
