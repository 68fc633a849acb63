# What decides which wheels run: the versions of an interpreter of the package set and of its C library.
{
  packages,
  python, # its attribute
}:
let
  pkgs = import ./packages packages;
in
{
  python = pkgs.${python}.version;
  libc = pkgs.stdenv.cc.libc.version or "";
}
