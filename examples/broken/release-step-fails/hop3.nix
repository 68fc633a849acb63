{ pkgs ? import <nixpkgs> { } }:
{
  package = pkgs.busybox;
  before_run = [ "echo 'cannot migrate' >&2; exit 4" ];
  workers = {
    web = "httpd -f -p $BIND_ADDRESS:$PORT -h $HOP3_DATA_DIR";
  };
}
