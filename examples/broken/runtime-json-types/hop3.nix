{ pkgs ? import <nixpkgs> { } }:
{
  package = pkgs.writeTextDir "hop3/runtime.json" (
    builtins.toJSON {
      workers = {
        web = "httpd -f -p $BIND_ADDRESS:$PORT";
      };
      env = {
        WORKERS = 4;
      };
    }
  );
}
