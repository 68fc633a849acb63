# Debian's packages as store paths: one derivation a package, those that depend on each other in a
# circle together.
{
  system,
  index,
  seed,
  mirrors,
}:
let
  inherit (builtins)
    genericClosure
    head
    map
    match
    readFile
    ;
  filter = builtins.filter;
  busyboxSeed = "${seed}/busybox";
  triplets = {
    x86_64-linux = "x86_64-linux-gnu";
    aarch64-linux = "aarch64-linux-gnu";
  };
  triplet = triplets.${system};

  locked = import ./index.nix { inherit index mirrors; };
  inherit (locked)
    cleanVersion
    closureOf
    entryOf
    fetchDeb
    has
    shardOf
    shards
    versionOf
    ;

  # A derivation that busybox alone builds, from a shell script.
  runSeed =
    {
      name,
      script,
      ...
    }@args:
    derivation (
      builtins.removeAttrs args [ "script" ]
      // {
        inherit name system;
        builder = busyboxSeed;
        args = [
          "sh"
          "-euc"
          script
        ];
        preferLocalBuild = true;
      }
    );

  # patchelf with the libraries it needs, raw: used through its loader while building, by nobody later.
  patchelf = runSeed {
    name = "patchelf-stage0";
    debs = map fetchDeb [
      "libc6"
      "libgcc-s1"
      "libstdc++6"
      "patchelf"
    ];
    script = ''
      mkdir tree $out
      for deb in $debs; do dpkg-deb -x $deb tree; done
      for file in tree/usr/bin/patchelf tree/lib/${triplet}/* tree/usr/lib/${triplet}/*; do
        [ ! -f $file ] || cp $file $out/
      done
      run="$(echo $out/ld-linux-*) --library-path $out $out/patchelf"
      # 0.18 breaks programs of fixed address where it sorts their headers; 0.14 cannot be told not to.
      if $run --help 2>&1 | grep -q -e --no-sort; then run="$run --no-sort"; fi
      printf '#!%s sh\nexec %s "$@"\n' ${busyboxSeed} "$run" > $out/run
      chmod +x $out/run
    '';
  };

  # The applets of the seed by name; also every package's /bin/sh.
  busybox = runSeed {
    name = "busybox-${versionOf "busybox-static"}";
    script = ''
      mkdir -p $out/bin
      cp ${busyboxSeed} $out/bin/busybox
      cd $out/bin
      for applet in $(./busybox --list); do
        [ $applet = busybox ] || ln -s busybox $applet
      done
    '';
  };

  pythonVersion = head (match "([0-9]+\\.[0-9]+).*" (entryOf "python3").v);
  # Python finds its library beside its program, so these are one tree.
  pythonDebs = filter has [
    "python3"
    "python3-minimal"
    "python${pythonVersion}"
    "python${pythonVersion}-minimal"
    "libpython3-stdlib"
    "libpython${pythonVersion}-minimal"
    "libpython${pythonVersion}-stdlib"
    "python3-distutils"
    "python3-lib2to3"
  ];
  isPython = name: builtins.elem name pythonDebs;

  # What every other package may run in its scripts; these themselves come before bash.
  beforeBash = [
    "bash"
    "libc6"
    "libgcc-s1"
    "libtinfo6"
  ];

  # By content, so that nothing but a change of the script itself builds anything anew.
  unpackScript = builtins.toFile "unpack.sh" (readFile ./unpack.sh);
  compilePython = builtins.toFile "compile-python.py" (readFile ./compile-python.py);
  fixPython = builtins.toFile "fix-python.py" (readFile ./fix-python.py);

  # Unpacks packages into one tree and points it into the store.
  makeTree =
    {
      name,
      debs,
      deps,
      propagated ? [ ],
      python ? null,
      isLibc ? false,
      bash ? package "bash",
      extra ? "",
      meta ? { },
      ...
    }@args:
    runSeed (
      {
        inherit
          name
          triplet
          busybox
          propagated
          extra
          ;
        debs = map fetchDeb debs;
        deps = deps ++ (if python == null then [ ] else [ python ]);
        patchelf = "${patchelf}/run";
        bash = if bash == null then "" else bash;
        python = if python == null then "" else python;
        fixPython = if python == null then "" else fixPython;
        libc = if isLibc then "" else args.libc or (package "libc6");
        script = ". ${unpackScript}";
      }
      // builtins.removeAttrs args [
        "debs"
        "deps"
        "isLibc"
        "meta"
        "libc"
      ]
    )
    // {
      inherit meta;
    };

  # What Debian leaves to another package or to an installation script.
  additions = {
    bash = "ln -s bash bin/sh";
    gawk = "ln -sf gawk bin/awk";
    perl-base = "[ -e bin/perl ] || ln -s perl5* bin/perl";
  };

  isPythonModule = name: match "python3-.*" name != null;
  isDevelopment = name: match ".*-dev" name != null;

  makePackage =
    name: entry:
    let
      members = entry.c or [ name ];
      wanted = filter (dep: !builtins.elem dep members) (
        builtins.concatMap (member: (entryOf member).d) members
      );
      deps = unique (map package wanted);
      # Modules import each other and headers include each other; nothing else is passed on.
      # The compiler has the C library's headers at their own place in the search order.
      propagated = filter (
        dep: (isDevelopment name && dep != "libc6-dev") || isPythonModule dep
      ) wanted;
      usesPython = builtins.any isPython wanted;
    in
    if head members != name then
      package (head members)
    else
      makeTree {
        name = "${name}-${cleanVersion entry.v}";
        pname = name;
        version = cleanVersion entry.v;
        debs = members;
        inherit deps;
        propagated = unique (map package propagated);
        python = if usesPython then python else null;
        isLibc = name == "libc6";
        extra = additions.${name} or "";
        bash = if builtins.elem name beforeBash then null else package "bash";
        meta = {
          mainProgram = name;
          description = "Debian's ${name}";
        };
      };

  built = builtins.mapAttrs (_: builtins.mapAttrs makePackage) shards;
  package =
    name:
    if isPython name then
      python
    else
      built.${shardOf name}.${name}
        or (throw "the locked Debian index has no package '${name}'");

  python = makeTree {
    name = "python3-${versionOf "python${pythonVersion}"}";
    pname = "python3";
    version = head (match "([0-9.]+).*" (versionOf "python${pythonVersion}"));
    debs = pythonDebs;
    deps = unique (
      map package (
        filter (dep: !isPython dep) (builtins.concatMap (member: (entryOf member).d) pythonDebs)
      )
    );
    extra = ''
      rm -f lib/python${pythonVersion}/EXTERNALLY-MANAGED bin/py3*
      ln -s python3 bin/python
      mkdir -p lib/python3/dist-packages
      workers=
      for worker in 0 1 2 3; do
        bin/python3 -I ${compilePython} $out/lib/python${pythonVersion} $worker 4 &
        workers="$workers $!"
      done
      for worker in $workers; do wait $worker; done
    '';
    meta = {
      mainProgram = "python3";
    };
  };

  # A package's files alone, without what it depends on.
  unpack =
    name:
    makeTree {
      name = "${name}-files-${versionOf name}";
      debs = [ name ];
      deps = [ ];
      bash = null;
    };

  # By store path, keeping the order: a circle's packages are one derivation.
  unique =
    drvs:
    map (item: item.drv) (genericClosure {
      startSet = map (drv: {
        key = drv.drvPath;
        inherit drv;
      }) drvs;
      operator = _: [ ];
    });

in
{
  inherit
    busybox
    closureOf
    entryOf
    fixPython
    has
    index
    makeTree
    package
    patchelf
    python
    pythonVersion
    runSeed
    system
    triplet
    unpack
    versionOf
    ;
}
