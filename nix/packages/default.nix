# The package set that a hop3.nix gets as `pkgs`. `packages` is plain data: which set, for which
# system, and where its trees are; every tree is pinned by its hash, so that evaluation stays pure.
packages:
let
  enter =
    tree:
    builtins.fetchTree (
      if tree ? url then
        {
          type = "tarball";
          inherit (tree) url narHash;
        }
      else
        {
          type = "path";
          inherit (tree) path narHash;
        }
    );
in
if packages.kind == "nixpkgs" then
  import (enter packages.tree) {
    inherit (packages) system;
    config = { };
    overlays = [ ];
  }
else
  import ./debian {
    inherit (packages) system mirrors npmRegistry;
    registries = packages.registries or { };
    index = enter packages.index;
    seed = enter packages.seed;
  }
