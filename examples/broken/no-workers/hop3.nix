{ pkgs ? import <nixpkgs> { } }:
{
  package = pkgs.busybox;
}
