{ pkgs ? import <nixpkgs> { } }:
{
  workers = {
    web = "${pkgs.busybox}/bin/httpd -f -p $BIND_ADDRESS:$PORT";
  };
}
