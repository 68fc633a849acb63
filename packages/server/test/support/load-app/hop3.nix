{ pkgs }:
let
  node = "${pkgs.nodejs}/bin/node";
in
{
  package = pkgs.runCommand "load" { } ''
    mkdir -p $out/app
    cp ${./web.mjs} $out/app/web.mjs
    cp ${./websocket.mjs} $out/app/websocket.mjs
    cp ${./mark.txt} $out/app/mark.txt
  '';
  workers.web = [ node "app/web.mjs" ];
  healthcheck.path = "/health";
}
