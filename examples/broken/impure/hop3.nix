{ pkgs ? import <nixpkgs> { } }:
let
  users = builtins.readFile "/etc/passwd";
in
{
  package = pkgs.writeTextDir "users" users;
  workers = {
    web = "${pkgs.busybox}/bin/httpd -f -p $BIND_ADDRESS:$PORT";
  };
}
