# PHP from Debian's packages: one version, its extensions loaded by a php.ini of its own.
{
  lib,
  archive,
  busybox,
}:
let
  inherit (archive) package runSeed;
  deb = builtins.head (
    builtins.filter (name: builtins.match "php[0-9.]+-cli" name != null) (archive.entryOf "php-cli").d
  );
  prefix = lib.removeSuffix "-cli" deb;
  number = lib.removePrefix "php" prefix;

  # Extensions that Debian packs together, by the package's part of the name; the rest have one of their own name.
  packed = {
    common = [
      "calendar"
      "ctype"
      "exif"
      "ffi"
      "fileinfo"
      "ftp"
      "gettext"
      "iconv"
      "pdo"
      "phar"
      "posix"
      "shmop"
      "sockets"
      "sysvmsg"
      "sysvsem"
      "sysvshm"
      "tokenizer"
    ];
    mysql = [
      "mysqlnd"
      "mysqli"
      "pdo_mysql"
    ];
    pgsql = [
      "pgsql"
      "pdo_pgsql"
    ];
    sqlite3 = [
      "sqlite3"
      "pdo_sqlite"
    ];
    xml = [
      "xml"
      "dom"
      "simplexml"
      "xmlreader"
      "xmlwriter"
      "xsl"
    ];
  };
  alone = [
    "apcu"
    "bcmath"
    "bz2"
    "curl"
    "gd"
    "gmp"
    "igbinary"
    "imagick"
    "imap"
    "intl"
    "ldap"
    "mbstring"
    "memcached"
    "opcache"
    "readline"
    "redis"
    "soap"
    "tidy"
    "yaml"
    "zip"
  ];
  extension = part: name: {
    inherit name;
    deb = "${prefix}-${part}";
  };
  # Part of PHP itself here; asking for them is no mistake.
  builtIn = [
    "filter"
    "hash"
    "json"
    "openssl"
    "pcntl"
    "pcre"
    "session"
    "sodium"
    "zlib"
  ];
  all =
    builtins.listToAttrs (
      lib.concatLists (
        lib.mapAttrsToList (
          part: names: map (name: lib.nameValuePair name (extension part name)) names
        ) packed
      )
      ++ map (name: lib.nameValuePair name (extension name name)) alone
    )
    // lib.genAttrs builtIn (name: {
      inherit name;
      deb = null;
    });
  enabled = map (name: all.${name}) (
    packed.common
    ++ [
      "opcache"
      "readline"
      "mbstring"
      "xml"
      "dom"
      "simplexml"
      "xmlreader"
      "xmlwriter"
    ]
  );

  # Extensions that others build upon come first.
  first = [
    "opcache"
    "pdo"
    "mysqlnd"
    "xml"
    "dom"
    "igbinary"
  ];
  needs = {
    mysqli = [ "mysqlnd" ];
    pdo_mysql = [
      "mysqlnd"
      "pdo"
    ];
    pdo_pgsql = [ "pdo" ];
    pdo_sqlite = [ "pdo" ];
    redis = [ "igbinary" ];
    xmlreader = [ "dom" ];
    xsl = [ "dom" ];
  };

  makePhp =
    wanted:
    let
      names = map (one: one.name) (builtins.filter (one: one.deb != null) wanted);
      complete = lib.unique (lib.concatMap (name: needs.${name} or [ ] ++ [ name ]) names);
      ordered =
        builtins.filter (name: builtins.elem name complete) first
        ++ builtins.filter (name: !builtins.elem name first) complete;
    in
    runSeed {
      name = "php-${archive.versionOf deb}";
      pname = "php";
      version = archive.versionOf deb;
      program = "${package deb}/bin/${prefix}";
      shell = "${busybox}/bin/sh";
      extensions = ordered;
      packages = map package (lib.unique (map (name: all.${name}.deb) ordered));
      script = ''
        umask 022
        mkdir -p $out/bin $out/etc/conf.d $out/lib/php
        for package in $packages; do
          for file in $package/lib/php/2*/*.so; do
            [ ! -e "$file" ] || ln -sf "$file" $out/lib/php/
          done
        done
        echo "extension_dir = \"$out/lib/php\"" > $out/etc/php.ini
        for name in $extensions; do
          [ -e $out/lib/php/$name.so ] || { echo "no extension $name in $packages" >&2; exit 1; }
          kind=extension
          case $name in opcache) kind=zend_extension ;; esac
          echo "$kind = $name" >> $out/etc/php.ini
        done
        # The host's own configuration is never looked at.
        printf '#!%s\nexport PHPRC=%s PHP_INI_SCAN_DIR=%s\nexec %s "$@"\n' \
          $shell $out/etc $out/etc/conf.d $program > $out/bin/php
        chmod +x $out/bin/php
      '';
    }
    // {
      withExtensions = choose: makePhp (choose { inherit enabled all; });
      buildEnv = { extensions ? (given: given.enabled), ... }: makePhp (extensions { inherit enabled all; });
      extensions = all;
      meta.mainProgram = "php";
    };
in
{
  php = makePhp enabled;
  name = "php${lib.replaceStrings [ "." ] [ "" ] number}";
}
