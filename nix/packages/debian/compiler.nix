# gcc, binutils and the C library's headers in one tree, and wrappers that make what they build load
# its libraries from the store.
{
  archive,
  bash,
  lib,
}:
let
  inherit (archive) makeTree package triplet;
  gccVersion = builtins.head (
    builtins.filter (name: name != null) (
      map (
        name:
        let
          found = builtins.match "gcc-([0-9]+)" name;
        in
        if found == null then null else builtins.head found
      ) (archive.entryOf "gcc").d
    )
  );
  # Sanitizers and such are half of the size, and nobody asks a platform for them.
  unwanted = [
    "libasan[0-9]+"
    "libtsan[0-9]+"
    "liblsan[0-9]+"
    "libubsan[0-9]+"
    "libhwasan[0-9]+"
    "rpcsvc-proto"
    "manpages.*"
  ];
  isWanted = name: lib.all (pattern: builtins.match pattern name == null) unwanted;
  libc = package "libc6";
  tree = makeTree {
    name = "gcc-tree-${gccVersion}";
    debs = builtins.filter isWanted (
      archive.closureOf [
        "gcc-${gccVersion}"
        "g++-${gccVersion}"
        "libc6-dev"
        "binutils"
        "make"
        "pkgconf-bin"
      ]
    );
    deps = [ libc ];
    libc = libc;
    # The linker scripts of the C library name paths below /usr.
    extra = ''
      ln -s . usr
      [ -e lib64 ] || ln -s lib lib64
    '';
  };
in
makeTree {
  name = "gcc-wrapper-${gccVersion}";
  pname = "gcc";
  version = gccVersion;
  debs = [ ];
  deps = [ ];
  # Not called `tree`: the script that unpacks has variables of its own.
  gccTree = tree;
  wrapperShell = "${bash}/bin/bash";
  loaderLibc = libc;
  runtime = package "libstdc++6";
  hook = builtins.readFile ./cc-hook.sh;
  wrapper = builtins.readFile ./cc-wrapper.sh;
  extra = ''
    mkdir -p bin nix-support
    loader=$(echo $loaderLibc/lib/${triplet}/ld-linux-*.so.*)
    for name in gcc g++ cpp; do
      printf '%s' "$wrapper" | sed -e "s|@shell@|$wrapperShell|" -e "s|@tree@|$gccTree|g" -e "s|@loader@|$loader|" \
        -e "s|@program@|$gccTree/bin/${triplet}-$name-${gccVersion}|" -e "s|@triplet@|${triplet}|g" \
        -e "s|@libc@|$loaderLibc|g" -e "s|@runtime@|$runtime|g" > bin/$name
      chmod +x bin/$name
    done
    ln -s gcc bin/cc
    ln -s g++ bin/c++
    for tool in ar as ld nm objcopy objdump ranlib readelf size strings strip; do
      ln -s $gccTree/bin/${triplet}-$tool bin/$tool
    done
    ln -s $gccTree/bin/make bin/make
    ln -s $gccTree/bin/pkgconf bin/pkg-config
    printf '%s' "$hook" | sed "s|@patchelf@|$patchelf|" > nix-support/setup-hook
  '';
  meta.mainProgram = "gcc";
}
// {
  inherit libc;
  # What programs load of it, without the compiler.
  cc = tree // {
    lib = package "libstdc++6";
  };
}
