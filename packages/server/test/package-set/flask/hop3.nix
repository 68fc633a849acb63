{ pkgs ? import <nixpkgs> {} }:
{
  # required: a derivation
  package = pkgs.python3Packages.buildPythonApplication {
    pname = "myapp";
    version = "1.0.0";
    src = ./.;
    propagatedBuildInputs = with pkgs.python3Packages; [
      flask
      gunicorn
    ];
  };

  # required, unless the package ships hop3/runtime.json
  workers = {
    web = "gunicorn app:app --bind unix:$HOP3_SOCKET";
  };

  # optional
  env = {
    FLASK_ENV = "production";
  };
}
