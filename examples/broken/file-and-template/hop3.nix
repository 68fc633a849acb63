{ pkgs ? import <nixpkgs> { } }:
{
  package = pkgs.busybox;
  workers = {
    web = "httpd -f -p $BIND_ADDRESS:$PORT -h $HOP3_DATA_DIR";
  };
}
