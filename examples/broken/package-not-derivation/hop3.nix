{ pkgs ? import <nixpkgs> { } }:
{
  package = "busybox";
  workers = {
    web = "${pkgs.busybox}/bin/httpd -f -p $BIND_ADDRESS:$PORT";
  };
}
