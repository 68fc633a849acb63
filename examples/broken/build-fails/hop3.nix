{ pkgs ? import <nixpkgs> { } }:
{
  package = pkgs.runCommand "never-built" { } ''
    echo "compiling"
    echo "error: no such module: left-pad" >&2
    exit 1
  '';
  workers = {
    web = "${pkgs.busybox}/bin/httpd -f -p $BIND_ADDRESS:$PORT";
  };
}
