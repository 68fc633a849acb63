# Python from Debian's packages, with the functions that package expressions for Python use.
{
  lib,
  archive,
  makeWrapper,
  stdenvNoCC,
}:
let
  inherit (archive) package pythonVersion;
  names = builtins.fromJSON (builtins.readFile "${archive.index}/python.json");
  sitePackages = "lib/python${pythonVersion}/site-packages";
  python = archive.python // {
    inherit
      pkgs
      pythonVersion
      sitePackages
      withPackages
      ;
    executable = "python${pythonVersion}";
    # Debian keeps what extensions are compiled with apart.
    headers = package "libpython${pythonVersion}-dev";
    interpreter = "${archive.python}/bin/python${pythonVersion}";
    pythonAtLeast = lib.versionAtLeast pythonVersion;
    pythonOlder = lib.versionOlder pythonVersion;
    isPy3k = true;
    implementation = "cpython";
    buildEnv.override = { extraLibs ? [ ], ... }: withPackages (_: extraLibs);
  };

  withPackages =
    choose:
    archive.runSeed {
      name = "python3-${python.version}-env";
      pname = "python3";
      inherit (python) version;
      packages = lib.flatten (choose pkgs);
      pythonEnv = builtins.readFile ./python-env.py;
      passAsFile = [ "pythonEnv" ];
      script = ''
        umask 022
        ${archive.python}/bin/python3 -I $pythonEnvPath $out ${archive.python} $packages
      '';
    }
    // {
      inherit (python)
        executable
        pythonVersion
        pkgs
        sitePackages
        ;
      meta.mainProgram = "python3";
    };

  installPython = builtins.toFile "install-python.py" (builtins.readFile ./install-python.py);

  buildPython =
    attrsOrFunction:
    stdenvNoCC.mkDerivation (
      final:
      let
        attrs = if builtins.isFunction attrsOrFunction then attrsOrFunction final else attrsOrFunction;
        imports =
          [ archive.python ]
          ++ lib.flatten (attrs.propagatedBuildInputs or [ ] ++ attrs.dependencies or [ ]);
        isOther = (attrs.format or null) == "other" || (attrs.pyproject or null) == false && attrs ? installPhase;
      in
      {
        # The default build takes part in the install: one wheel is built and unpacked.
        dontBuild = !(attrs ? buildPhase);
        dontConfigure = !(attrs ? configurePhase);
        installPhase = ''
          runHook preInstall
          ${archive.python}/bin/python3 ${installPython} $out
          runHook postInstall
        '';
        pythonFixupPhase = ''
          if [ -n "''${makeWrapperArgs:-}" ]; then
            for program in $out/bin/*; do eval "wrapProgram $program $makeWrapperArgs"; done
          fi
          ${archive.python}/bin/python3 -I ${archive.fixPython} $out ${archive.python} $pythonImports
          if [ -n "''${pythonImportsCheck:-}" ]; then
            for module in $pythonImportsCheck; do
              (cd $out && PYTHONPATH=$out/${sitePackages}:''${PYTHONPATH:-} \
                ${archive.python}/bin/python3 -c "import $module")
            done
          fi
        '';
        postPhases = [ "pythonFixupPhase" ];
        doCheck = false;
        SETUPTOOLS_USE_DISTUTILS = "local";
      }
      // builtins.removeAttrs attrs [
        "dependencies"
        "build-system"
        "optional-dependencies"
        "pyproject"
        "format"
        "pythonRelaxDeps"
        "pythonRemoveDeps"
        "disabled"
        "doCheck"
        "checkPhase"
        "nativeCheckInputs"
        "checkInputs"
      ]
      // {
        pythonImports = lib.filter (input: input != archive.python) imports;
        propagatedBuildInputs = imports;
        nativeBuildInputs =
          (lib.flatten (attrs.nativeBuildInputs or [ ] ++ attrs.build-system or [ ]))
          ++ lib.optional (attrs ? makeWrapperArgs) makeWrapper
          ++ lib.optionals (!isOther) [
            (package "python3-setuptools")
            (package "python3-wheel")
          ];
      }
      // lib.optionalAttrs (attrs.doCheck or false && attrs ? checkPhase) {
        doInstallCheck = true;
        installCheckPhase = attrs.checkPhase;
        nativeCheckInputs = attrs.nativeCheckInputs or [ ] ++ attrs.checkInputs or [ ];
      }
    );

  # Packages that Debian calls otherwise than python3-*.
  others = lib.optionalAttrs (archive.has "cython3") { cython = package "cython3"; } // {
    flit-core = package (if archive.has "python3-flit-core" then "python3-flit-core" else "flit");
  };

  pkgs = others // builtins.mapAttrs (_: package) names // {
    inherit python;
    buildPythonApplication = buildPython;
    buildPythonPackage = buildPython;
    toPythonApplication = x: x;
    toPythonModule = x: x;
    pythonOlder = python.pythonOlder;
    pythonAtLeast = python.pythonAtLeast;
    inherit sitePackages;
    callPackage = lib.callPackageWith (pkgs // { inherit lib; });
  };
in
{
  inherit python pkgs;
}
