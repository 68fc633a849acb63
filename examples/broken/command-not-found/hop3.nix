{ pkgs ? import <nixpkgs> { } }:
{
  package = pkgs.busybox;
  workers = {
    web = "htttpd -f -p $BIND_ADDRESS:$PORT";
  };
}
