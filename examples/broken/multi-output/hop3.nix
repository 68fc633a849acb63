{ pkgs ? import <nixpkgs> { } }:
{
  # Neither of the outputs is called out or bin: which one runs?
  package = pkgs.stdenv.mkDerivation {
    pname = "multi-output";
    version = "1.0.0";
    src = ./.;
    outputs = [ "lib" "doc" ];
    installPhase = "mkdir -p $lib $doc";
  };
  workers = {
    web = "${pkgs.busybox}/bin/httpd -f -p $BIND_ADDRESS:$PORT";
  };
}
