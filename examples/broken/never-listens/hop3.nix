{ pkgs ? import <nixpkgs> { } }:
{
  package = pkgs.busybox;
  workers = {
    web = "sleep 600";
  };
}
