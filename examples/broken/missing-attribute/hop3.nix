{ pkgs ? import <nixpkgs> { } }:
{
  package = pkgs.busybix;
  workers = {
    web = "httpd -f -p $BIND_ADDRESS:$PORT";
  };
}
