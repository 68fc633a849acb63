{ pkgs ? import <nixpkgs> { } }:
{
  package = pkgs.busybox;
  workers = {
    web = "${busybox}/bin/httpd -f -p $BIND_ADDRESS:$PORT";
  };
}
