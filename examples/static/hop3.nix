{ pkgs ? import <nixpkgs> { } }:
let
  site = pkgs.runCommand "static-site" { } ''
    mkdir -p $out
    cp -r ${./site} $out/www
  '';
in
{
  package = site;

  workers = {
    web = "${pkgs.busybox}/bin/httpd -f -p $BIND_ADDRESS:$PORT -h ${site}/www";
  };
}
