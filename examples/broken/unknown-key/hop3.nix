{ pkgs ? import <nixpkgs> { } }:
{
  package = pkgs.busybox;
  worker = {
    web = "httpd -f -p $BIND_ADDRESS:$PORT";
  };
}
