{ pkgs ? import <nixpkgs> { } }:
{
  # No workers here: the package brings $out/hop3/runtime.json, which says all of it.
  package = pkgs.stdenv.mkDerivation {
    pname = "runtime-json";
    version = "1.0.0";
    src = ./.;
    dontConfigure = true;
    dontBuild = true;
    installPhase = ''
      runHook preInstall
      mkdir -p $out
      cp -r bin hop3 $out/
      chmod +x $out/bin/serve
      runHook postInstall
    '';
  };
}
