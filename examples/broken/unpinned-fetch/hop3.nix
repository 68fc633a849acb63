{ pkgs ? import <nixpkgs> { } }:
let
  page = builtins.fetchurl "http://192.0.2.1/page.html";
in
{
  package = pkgs.runCommand "page" { } "cp ${page} $out";
  workers = {
    web = "${pkgs.busybox}/bin/httpd -f -p $BIND_ADDRESS:$PORT";
  };
}
