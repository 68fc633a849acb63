{ pkgs ? import <nixpkgs> { } }:
{
  package = pkgs.busybox;
  workers = {
    web = "httpd -f -p 127.0.0.1:28437 -h $HOP3_DATA_DIR";
  };
}
