# The programs of the data plane as one derivation, from the same package set as the apps.
{ packages }:
let
  plane = import ./data-plane.nix { pkgs = import ./packages packages; };
in
{
  drvPath = builtins.unsafeDiscardStringContext plane.drvPath;
  outPath = builtins.unsafeDiscardStringContext plane.outPath;
}
