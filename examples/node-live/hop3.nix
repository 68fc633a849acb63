{ pkgs ? import <nixpkgs> { } }:
let
  node = "${pkgs.nodejs}/bin/node";
in
{
  package = pkgs.stdenv.mkDerivation {
    pname = "node-live";
    version = "1.0.0";
    src = ./.;
    dontConfigure = true;
    dontBuild = true;
    installPhase = ''
      runHook preInstall
      mkdir -p $out/app
      cp *.mjs $out/app/
      runHook postInstall
    '';
  };

  # Lists are started as they are, without a shell. A relative path starts at the package.
  workers = {
    web = [ node "app/web.mjs" ];
    worker = {
      command = [ node "app/worker.mjs" ];
      stop_timeout = 5;
    };
  };

  # Runs once for each Release, before any of its workers starts.
  before_run = [ [ node "app/migrate.mjs" ] ];

  healthcheck = {
    path = "/health";
    status = 200;
    contains = "ok";
  };

  env = {
    NODE_ENV = "production";
  };
}
