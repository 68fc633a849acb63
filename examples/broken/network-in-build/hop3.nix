{ pkgs ? import <nixpkgs> { } }:
{
  # The build has no network: what it needs is fetched by hash, with pkgs.fetchurl.
  package = pkgs.runCommand "fetched-at-build-time" { } ''
    ${pkgs.busybox}/bin/wget -T 5 -O $out http://192.0.2.1/
  '';
  workers = {
    web = "${pkgs.busybox}/bin/httpd -f -p $BIND_ADDRESS:$PORT";
  };
}
