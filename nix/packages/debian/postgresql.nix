# PostgreSQL: Debian keeps several versions apart in directories of their own.
{
  archive,
  busybox,
  lib,
}:
let
  inherit (archive) package runSeed;
  server = builtins.head (
    builtins.filter (lib.hasPrefix "postgresql-") (archive.entryOf "postgresql").d
  );
  client = lib.replaceStrings [ "postgresql-" ] [ "postgresql-client-" ] server;
in
runSeed {
  name = "postgresql-${archive.versionOf server}";
  pname = "postgresql";
  version = archive.versionOf server;
  packages = map package [
    server
    client
  ];
  # initdb and the clients refuse a user that has no name, and users of apps are numbers.
  account = builtins.toFile "account.sh" ''
    if [ -z "''${NSS_WRAPPER_PASSWD-}" ] && ! @busybox@/bin/id -un >/dev/null 2>&1; then
      uid=$(@busybox@/bin/id -u)
      gid=$(@busybox@/bin/id -g)
      NSS_WRAPPER_PASSWD=''${TMPDIR:-/tmp}/.passwd-$uid
      NSS_WRAPPER_GROUP=''${TMPDIR:-/tmp}/.group-$uid
      echo "postgres:x:$uid:$gid::''${HOME:-/}:/bin/sh" >"$NSS_WRAPPER_PASSWD.$$"
      echo "postgres:x:$gid:" >"$NSS_WRAPPER_GROUP.$$"
      @busybox@/bin/mv "$NSS_WRAPPER_PASSWD.$$" "$NSS_WRAPPER_PASSWD"
      @busybox@/bin/mv "$NSS_WRAPPER_GROUP.$$" "$NSS_WRAPPER_GROUP"
      export NSS_WRAPPER_PASSWD NSS_WRAPPER_GROUP
      export LD_PRELOAD=@names@/lib/libnss_wrapper.so
    fi
  '';
  names = package "libnss-wrapper";
  inherit busybox;
  script = ''
    mkdir -p $out/bin $out/libexec
    sed -e "s#@busybox@#$busybox#g" -e "s#@names@#$names#g" $account > $out/libexec/account.sh
    for package in $packages; do
      for program in $package/lib/postgresql/*/bin/*; do
        wrapper=$out/bin/''${program##*/}
        if [ -e $wrapper ]; then continue; fi
        if [ ''${program##*/} = postgres ]; then
          ln -s $program $wrapper
        else
          printf '#!%s\n. %s\nexec %s "$@"\n' "$busybox/bin/sh" $out/libexec/account.sh $program > $wrapper
          chmod +x $wrapper
        fi
      done
    done
  '';
}
// {
  dev = package "libpq-dev";
  lib = package "libpq5";
  meta.mainProgram = "postgres";
}
