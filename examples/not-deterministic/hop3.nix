# Made to be caught: each build writes another number into one of its files, so that no two are equal.
# `hop3 nix verify --app not-deterministic` says which file it is.
{ pkgs ? import <nixpkgs> { } }:
let
  site = pkgs.runCommand "not-deterministic" { } ''
    mkdir -p $out/assets
    cp ${./index.html} $out/index.html
    cat /proc/sys/kernel/random/uuid > $out/assets/build-id.txt
  '';
in
{
  package = site;

  workers = {
    web = "${pkgs.caddy}/bin/caddy file-server --root ${site} --listen $BIND_ADDRESS:$PORT";
  };
}
