# The programs of the data plane as one derivation, from the same package set as the apps.
{ packages }:
let
  plane = import ./data-plane.nix { pkgs = import ./packages packages; };
in
{
  drvPath = builtins.unsafeDiscardStringContext plane.drvPath;
  # Not `outPath`: a set that has one becomes that string in JSON.
  out = builtins.unsafeDiscardStringContext plane.outPath;
}
