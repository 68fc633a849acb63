# Java from Debian's packages: OpenJDK in every version that the index has, Gradle, Maven and Tomcat.
# All without a screen: what opens windows would add GTK to every server.
{
  lib,
  archive,
  busybox,
  cacert,
}:
let
  inherit (archive)
    entryOf
    has
    makeTree
    package
    runSeed
    versionOf
    ;
  inherit (builtins) elem filter head match;

  majors = filter (major: has "openjdk-${major}-jre-headless") (
    map toString (lib.range 8 40)
  );
  defaultMajor = head (
    head (
      filter (found: found != null) (
        map (match "openjdk-([0-9]+)-jre-headless") (entryOf "default-jre-headless").d
      )
    )
  );

  # The authorities of `cacert` in Java's own format.
  keyStore = runSeed {
    name = "java-${cacert.name}";
    python = "${archive.python}/bin/python3";
    write = builtins.toFile "java-cacerts.py" (builtins.readFile ./java-cacerts.py);
    bundle = "${cacert}/etc/ssl/certs/ca-bundle.crt";
    script = ''
      mkdir $out
      $python -I $write $bundle $out/cacerts
    '';
  };

  # Printers, smart cards, sound and the browser's key stores: loaded on demand, and nothing of a server's.
  unneeded = [
    "ca-certificates-java"
    "java-common"
    "libasound2"
    "libasound2t64"
    "libcups2"
    "libcups2t64"
    "libfontconfig1"
    "libnss3"
    "libpcsclite1"
    "util-linux"
  ];

  # What draws and reads pictures, fonts included: newer versions only recommend it.
  drawing = filter has [
    "libfreetype6"
    "libharfbuzz0b"
    "libjpeg62-turbo"
    "liblcms2-2"
  ];

  makeJava =
    { major, isDevelopment }:
    let
      runtime = "openjdk-${major}-jre-headless";
      debs = [ runtime ] ++ lib.optional isDevelopment "openjdk-${major}-jdk-headless";
      needed = filter (name: !elem name unneeded && !elem name debs) (
        lib.unique (lib.concatMap (name: (entryOf name).d) debs ++ drawing)
      );
      java = makeTree {
        name = "openjdk-${if isDevelopment then "" else "jre-"}headless-${versionOf runtime}";
        pname = "openjdk";
        version = versionOf runtime;
        inherit debs keyStore;
        deps = map package needed ++ [ (package "fonts-dejavu-core") ];
        fonts = "${package "fonts-dejavu-core"}/share/fonts/truetype/dejavu";
        fontConfig = builtins.toFile "fontconfig.properties" (builtins.readFile ./java-fonts.properties);
        extra = ''
          rm -rf lib/debug share
          rm -f lib/jvm/java-1.*
          home=$(echo lib/jvm/java-*-openjdk-*)
          rm -rf $home/man $home/docs $home/lib/src.zip lib/jvm/.*.jinfo
          # Its libraries need each other, and find each other beside themselves.
          for library in $home/lib/*.so $home/lib/server/*.so; do
            path=$($patchelf --print-rpath $library)
            $patchelf --set-rpath '$ORIGIN:$ORIGIN/server:$ORIGIN/..'"''${path:+:$path}" $library
          done
          ln -sfn $keyStore/cacerts $home/lib/security/cacerts
          # Java asks fontconfig, and through it the host, unless this file is there.
          sed "s#@fonts@#$fonts#" $fontConfig > $home/lib/fontconfig.Linux.properties
          cp $home/lib/fontconfig.Linux.properties $home/lib/fontconfig.properties
          ln -s ''${home#lib/} lib/openjdk
          mkdir -p bin nix-support
          for program in $home/bin/*; do ln -s ../lib/openjdk/bin/''${program##*/} bin/; done
          echo "export JAVA_HOME=$out/lib/openjdk" > nix-support/setup-hook
        '';
        meta.mainProgram = "java";
      };
    in
    java
    // {
      home = "${java}/lib/openjdk";
      inherit cacert;
      jre = java;
    };

  missing =
    name: major:
    throw "${name}: the locked Debian index has no OpenJDK ${major}; it has ${
      builtins.concatStringsSep ", " (map (one: "jdk${one}") majors)
    }";
  java =
    name: major: isDevelopment:
    if elem major majors then makeJava { inherit major isDevelopment; } else missing name major;

  # nixpkgs' names of a version, those that this index lacks included: they say what there is.
  namesOf =
    major:
    lib.listToAttrs (
      lib.concatMap
        (
          { prefix, isDevelopment }:
          map
            (suffix: rec {
              name = "${prefix}${major}${suffix}";
              value = java name major isDevelopment;
            })
            [
              ""
              "_headless"
            ]
        )
        [
          {
            prefix = "jdk";
            isDevelopment = true;
          }
          {
            prefix = "openjdk";
            isDevelopment = true;
          }
          {
            prefix = "jre";
            isDevelopment = false;
          }
        ]
    );
  versions = lib.foldl' (all: major: all // namesOf major) { } (
    lib.unique (
      majors
      ++ [
        "8"
        "11"
        "17"
        "21"
        "25"
      ]
    )
  );
  jdk = java "jdk" defaultMajor true;
  jre = java "jre" defaultMajor false;

  # Programs written in Java: their packages link to each other's archives, so each is one tree.
  elsewhere = archive.closureOf [
    "default-jre-headless"
    "libc6"
    "libgcc-s1"
    "libstdc++6"
    "libtinfo6"
  ];
  javaProgram =
    {
      pname,
      roots,
      extra,
      passthru ? { },
    }:
    let
      debs = filter (name: !elem name elsewhere) (archive.closureOf roots);
      version = head (match "([0-9.]+).*" (versionOf (head roots)));
    in
    makeTree {
      name = "${pname}-${version}";
      inherit pname version debs;
      deps = map package [
        "libc6"
        "libgcc-s1"
        "libstdc++6"
        "libtinfo6"
      ];
      inherit jdk;
      extra = ''
        rm -rf share/maven-repo share/doc-base lib/eclipse/plugins/*.source_*
        mkdir -p bin
        # Writes bin/$1: the rest of the words behind java. JAVA_HOME decides which one.
        start_java() {
          name=$1
          shift
          rm -f bin/$name
          printf '#!%s\nexec "''${JAVA_HOME:-%s}/bin/java" %s "$@"\n' \
            $busybox/bin/sh $jdk/lib/openjdk "$*" > bin/$name
          chmod +x bin/$name
        }
        ${extra}
      '';
      meta.mainProgram = pname;
    }
    // passthru;

  relocate = builtins.toFile "java-relocate.py" (builtins.readFile ./java-relocate.py);
  gradle = javaProgram {
    pname = "gradle";
    roots = [ "gradle" ];
    extra = ''
      # Where Gradle looks for itself is part of its classes.
      for archive in share/java/gradle-core-api-*.jar share/java/gradle-dependency-management-*.jar; do
        chmod u+w $archive
        ${archive.python}/bin/python3 -I ${relocate} $archive /usr/share $out/share
      done
      rm -rf bin
      mkdir bin
      launcher=$(echo $out/share/gradle/lib/gradle-launcher-*.jar)
      # Since Java 9 Groovy has to be let in.
      start_java gradle --add-opens java.base/java.lang=ALL-UNNAMED '$JAVA_OPTS $GRADLE_OPTS' \
        -Dorg.gradle.appname=gradle -classpath $launcher org.gradle.launcher.GradleMain
    '';
    passthru = {
      inherit jdk;
      fetchDeps = _: throw "gradle.fetchDeps is not part of this package set; the template java-gradle reads deps.json, gradle/verification-metadata.xml or gradle.lockfile beside hop3.toml itself";
    };
  };

  maven = javaProgram {
    pname = "maven";
    roots = [ "maven" ];
    extra = ''
      home=$out/share/maven
      start_java mvn '$MAVEN_OPTS' -classpath $home/boot/plexus-classworlds-2.x.jar \
        -Dclassworlds.conf=$home/bin/m2.conf -Dmaven.home=$home \
        '-Dmaven.multiModuleProjectDirectory="''${MAVEN_PROJECTBASEDIR:-$PWD}"' \
        org.codehaus.plexus.classworlds.launcher.Launcher
      rm -f bin/mvnDebug
    '';
  };

  # With nixpkgs' layout, and what translates the archives of Java EE for it.
  makeTomcat =
    major:
    javaProgram {
      pname = "tomcat";
      roots = [
        "tomcat${major}-common"
        "libtomcat${major}-java"
        "tomcat${major}"
        "tomcat-jakartaee-migration"
      ];
      extra = ''
        from=share/tomcat${major}
        rm -rf bin
        mkdir bin kept
        for file in $from/lib/*.jar share/java/eclipse-jdt-core.jar share/java/ecj.jar \
          share/tomcat-jakartaee-migration/lib/*.jar; do
          [ ! -e $file ] || cp -L $file kept/
        done
        cp -L $from/bin/bootstrap.jar $from/bin/tomcat-juli.jar bin/
        cp -rL $from/etc conf
        rm -rf share etc lib libexec
        mv kept lib
      '';
    };
  tomcats = filter (major: has "libtomcat${major}-java" && has "tomcat${major}-common") [
    "9"
    "10"
    "11"
  ];
in
versions
// lib.genAttrs (map (major: "tomcat${major}") tomcats) (
  name: makeTomcat (lib.removePrefix "tomcat" name)
)
// {
  inherit gradle jdk jre maven;
  jdk_headless = jdk;
  jre_headless = jre;
  openjdk = jdk;
  openjdk_headless = jdk;
}
