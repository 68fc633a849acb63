{ pkgs ? import <nixpkgs> { } }:
let
  page = pkgs.writeShellScript "page" ''
    printf 'Status: 500 Internal Server Error\r\nContent-Type: text/plain\r\n\r\n'
    echo "no such table: users"
  '';
  site = pkgs.runCommand "answers-500" { } ''
    mkdir -p $out/cgi-bin
    ln -s ${page} $out/cgi-bin/page
  '';
in
{
  package = site;
  workers = {
    web = "${pkgs.busybox}/bin/httpd -f -p $BIND_ADDRESS:$PORT -h ${site}";
  };
  healthcheck = {
    path = "/cgi-bin/page";
    start_period = 0;
    retries = 2;
  };
}
