# With `[build] method = "local"` in a hop3.toml the local builder does the same by itself: Node's build script, then Python.
{ pkgs ? import <nixpkgs> {} }:
{
  package = pkgs.runCommand "two-languages" { nativeBuildInputs = [ pkgs.nodejs ]; } ''
    cp -r ${./pages} pages
    chmod -R u+w pages
    node pages/build.mjs
    mkdir $out
    cp -r dist $out/dist
    cp ${./app.py} $out/app.py
  '';
  path = [ "${pkgs.python3}/bin" ];
}
