{ pkgs ? import <nixpkgs> { } }:
{
  package = pkgs.writeTextDir "hop3/runtime.json" ''{ "workers": { "web": "httpd -f" }'';
}
