# PHP from Debian's packages: one version, its extensions loaded by a php.ini of its own.
{
  lib,
  archive,
  busybox,
  cacert,
}:
let
  inherit (archive) makeTree package runSeed;
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
      php = makeDerivation wanted // {
        withExtensions = choose: makePhp (choose { inherit enabled all; });
        buildEnv =
          {
            extensions ? (given: given.enabled),
            ...
          }:
          makePhp (extensions { inherit enabled all; });
        extensions = all;
        packages.composer = makeComposer php;
        meta.mainProgram = "php";
      };
    in
    php;

  # Debian's PHP has no time zones of its own and reads those of the host, below a path that is compiled in. It cannot
  # be made longer, but as long a path may lead through a descriptor that the wrapper opens.
  programs = runSeed {
    name = "php-programs-${archive.versionOf deb}";
    cli = "${package deb}/bin/${prefix}";
    fpm = "${fpmTree}/bin/php-fpm${number}";
    script = ''
      mkdir -p $out/bin
      sed 's#/usr/share/zoneinfo#/proc/self/fd/9////#g' $cli > $out/bin/php
      sed 's#/usr/share/zoneinfo#/proc/self/fd/9////#g' $fpm > $out/bin/php-fpm
      chmod +x $out/bin/*
    '';
  };
  # Without systemd, which Debian's package asks for.
  fpmTree = makeTree {
    name = "php-fpm-files-${archive.versionOf deb}";
    debs = [ "${prefix}-fpm" ];
    deps = map package (
      builtins.filter (name: name == "zlib1g" || lib.hasPrefix "lib" name) (
        lib.unique ((archive.entryOf "${prefix}-fpm").d ++ (archive.entryOf deb).d)
      )
    );
  };

  makeDerivation =
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
      inherit programs;
      zones = "${package "tzdata"}/share/zoneinfo";
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
        for name in php php-fpm; do
          printf '#!%s\nexport PHPRC=%s PHP_INI_SCAN_DIR=%s\nexec %s "$@" 9<%s\n' \
            $shell $out/etc $out/etc/conf.d $programs/bin/$name $zones > $out/bin/$name
          chmod +x $out/bin/$name
        done
      '';
    };

  # Debian has Composer's libraries as packages; each finds the others beside itself.
  composerTree = makeTree {
    name = "composer-files-${archive.versionOf "composer"}";
    debs = builtins.filter (
      name:
      name == "composer"
      || name == "jsonlint"
      || (
        builtins.match "php-.*" name != null
        && !builtins.elem name [
          "php-cli"
          "php-common"
          "php-intl"
          "php-mbstring"
        ]
      )
    ) (archive.closureOf [ "composer" ]);
    deps = [ ];
  };

  # Runs on the PHP that the app has: what Composer says of extensions is true of the app.
  makeComposer =
    php:
    runSeed {
      name = "composer-${archive.versionOf "composer"}";
      pname = "composer";
      version = archive.versionOf "composer";
      inherit php;
      tree = composerTree;
      tools = "${package "unzip"}/bin";
      certificates = "${cacert}/etc/ssl/certs/ca-bundle.crt";
      intl = package all.intl.deb;
      shell = "${busybox}/bin/sh";
      script = ''
        mkdir -p $out/bin
        # Composer itself needs it, also where the app does not.
        more=
        [ -e $php/lib/php/intl.so ] || more="-d extension=$(echo $intl/lib/php/2*/intl.so)"
        printf '#!%s\nexport PATH=%s:%s:$PATH SSL_CERT_FILE="''${SSL_CERT_FILE:-%s}"\nexec %s -d memory_limit=-1 %s %s "$@"\n' \
          $shell $php/bin $tools $certificates $php/bin/php "$more" $tree/bin/composer > $out/bin/composer
        chmod +x $out/bin/composer
      '';
    }
    // {
      meta.mainProgram = "composer";
    };
in
{
  php = makePhp enabled;
  name = "php${lib.replaceStrings [ "." ] [ "" ] number}";
}
