# Fixed-output downloads: Nix's own fetcher, the hash decides.
{ lib }:
let
  hashArguments =
    {
      hash ? "",
      sha256 ? "",
      sha512 ? "",
      sha1 ? "",
      ...
    }:
    if hash != "" then
      {
        outputHash = hash;
        outputHashAlgo = null;
      }
    else if sha256 != "" then
      {
        outputHash = sha256;
        outputHashAlgo = "sha256";
      }
    else if sha512 != "" then
      {
        outputHash = sha512;
        outputHashAlgo = "sha512";
      }
    else if sha1 != "" then
      {
        outputHash = sha1;
        outputHashAlgo = "sha1";
      }
    else
      throw "fetchurl needs a hash: give hash = \"sha256-…\"";

  fetchurl =
    {
      url ? builtins.head urls,
      urls ? [ url ],
      name ? lib.sanitizeDerivationName (baseNameOf url),
      executable ? false,
      passthru ? { },
      meta ? { },
      ...
    }@args:
    derivation (
      {
        inherit name url executable;
        system = "builtin";
        builder = "builtin:fetchurl";
        urls = [ url ];
        unpack = false;
        preferLocalBuild = true;
        # An executable is hashed with its mode, so as a tree.
        outputHashMode = if executable then "recursive" else "flat";
      }
      // lib.filterAttrs (_: value: value != null) (hashArguments args)
    )
    // passthru
    // {
      inherit url meta;
      urls = [ url ];
    };

  # The hash is that of the unpacked tree, as with nixpkgs, so unpacking is part of the download.
  fetchzip =
    {
      url,
      name ? "source",
      stripRoot ? true,
      ...
    }@args:
    let
      hash = hashArguments args;
      tree = builtins.fetchTree {
        type = "tarball";
        inherit url;
        narHash =
          if hash.outputHashAlgo == null then
            hash.outputHash
          else
            throw "fetchzip needs the hash of the unpacked tree as hash = \"sha256-…\"";
      };
    in
    if stripRoot then tree.outPath else throw "fetchzip: stripRoot = false is not available in this package set";
in
{
  inherit fetchurl fetchzip;
  fetchTarball = builtins.fetchTarball;
  requireFile = { name, message ? "", ... }: throw "${name} has to be added by hand. ${message}";
}
