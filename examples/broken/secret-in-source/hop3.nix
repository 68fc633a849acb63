{ pkgs ? import <nixpkgs> { } }:
{
  package = pkgs.runCommand "app" { } "cp -r ${./.} $out";
  workers = {
    web = "${pkgs.busybox}/bin/httpd -f -p $BIND_ADDRESS:$PORT";
  };
}
