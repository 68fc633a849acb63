{ pkgs ? import <nixpkgs> { } }:
{
  package = pkgs.stdenv.mkDerivation {
    pname = "shell";
    version = "1.0.0";
    src = ./.;
    dontConfigure = true;
    dontBuild = true;
    installPhase = ''
      runHook preInstall
      mkdir -p $out/www
      cp -r bin $out/bin
      cp -r cgi-bin $out/www/cgi-bin
      chmod +x $out/bin/* $out/www/cgi-bin/*
      # Busybox's sh, so that the Release needs no other shell.
      sed -i '1s|^#!/bin/sh$|#!${pkgs.busybox}/bin/sh|' $out/bin/* $out/www/cgi-bin/*
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
