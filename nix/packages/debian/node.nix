# Node: the official binary as the npm registry carries it, with npm.
{
  lib,
  archive,
  busybox,
  fetchurl,
  npmRegistry,
}:
let
  release = builtins.fromJSON (builtins.readFile "${archive.index}/node.json");
  registry = lib.removeSuffix "/" npmRegistry;
  fetch =
    { name, version, integrity }:
    fetchurl {
      url = "${registry}/${name}/-/${name}-${version}.tgz";
      hash = integrity;
    };
  libc = archive.package "libc6";
  libraries = [
    libc
    (archive.package "libstdc++6")
  ];

  nodejs-slim =
    archive.runSeed {
      name = "nodejs-slim-${release.node.version}";
      pname = "nodejs-slim";
      inherit (release.node) version;
      src = fetch release.node;
      inherit libc libraries;
      script = ''
        umask 022
        tar xzf $src
        mkdir -p $out
        mv package/bin $out/bin
        chmod -R u+w,a+rx $out/bin
        rpath=
        for dir in $libraries; do rpath=$rpath:$dir/lib/${archive.triplet}; done
        # Published add-ons expect the system's C library: what they load is looked for in node's own search path, and
        # what has a search path of its own finds these loaded already.
        for library in libresolv.so.2 librt.so.1 libutil.so.1; do
          ${archive.patchelf}/run --add-needed $library $out/bin/node
        done
        ${archive.patchelf}/run --set-interpreter $(echo $libc/lib/${archive.triplet}/ld-linux-*.so.*) \
          --force-rpath --set-rpath ''${rpath#:} $out/bin/node
      '';
    }
    // {
      meta.mainProgram = "node";
    };

  # Only add-ons that are compiled need these 2,800 files.
  headers = archive.runSeed {
    name = "nodejs-headers-${release.node.version}";
    src = fetch release.node;
    script = ''
      umask 022
      tar xzf $src
      mkdir $out
      mv package/include $out/include
    '';
  };

  nodejs =
    archive.runSeed {
      name = "nodejs-${release.node.version}";
      pname = "nodejs";
      inherit (release.node) version;
      src = fetch release.npm;
      node = nodejs-slim;
      inherit busybox;
      script = ''
        umask 022
        mkdir -p $out/bin $out/lib/node_modules
        tar xzf $src
        rm -rf package/docs package/man
        mv package $out/lib/node_modules/npm
        for file in $node/bin/*; do ln -s $file $out/bin/; done
        for command in npm npx; do
          file=$out/lib/node_modules/npm/bin/$command-cli.js
          sed -i "1s|.*|#!$node/bin/node|" $file
          chmod +x $file
          ln -s ../lib/node_modules/npm/bin/$command-cli.js $out/bin/$command
        done
      '';
    }
    // {
      meta.mainProgram = "node";
      dev = headers;
      pkgs = { };
    };
in
{
  inherit nodejs nodejs-slim;
  major = lib.versions.major release.node.version;
}
