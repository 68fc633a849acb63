# Ruby from Debian's packages, made to find itself in the store; its headers are part of it.
{
  lib,
  archive,
  busybox,
}:
let
  inherit (archive) makeTree package triplet;
  deb = builtins.head (
    builtins.filter (name: builtins.match "ruby[0-9.]+" name != null) (archive.entryOf "ruby").d
  );
  number = lib.removePrefix "ruby" deb;
  api = "${number}.0";
  debs = [
    deb
    "lib${deb}"
    "${deb}-dev"
  ];
  # Its library has copies of what Debian keeps as ruby-* packages; headers of GMP are nobody's business.
  isLibrary =
    name:
    !(builtins.elem name debs)
    && builtins.match "(ruby.*|rake|rubygems-integration|.*-dev)" name == null;

  ruby =
    makeTree {
      name = "ruby-${version}";
      pname = "ruby";
      inherit version debs;
      deps = map package (
        lib.unique (builtins.filter isLibrary (lib.concatMap (name: (archive.entryOf name).d) debs))
      );
      shell = "${busybox}/bin/sh";
      sitePath = lib.concatMapStringsSep ":" (dir: "@out@/lib/${dir}") [
        "ruby/site_ruby/${api}"
        "${triplet}/ruby/site_ruby"
        "ruby/vendor_ruby/${api}"
        "ruby/vendor_ruby"
        "ruby/${api}"
        "${triplet}/ruby/${api}"
      ];
      extra = ''
        # Directories of the host that are compiled in become ones that do not exist.
        for file in lib/${triplet}/libruby-*.so.*; do
          [ -L $file ] || sed -i -e 's#/usr/local/lib/#/nix/local/lib/#g' -e 's#/usr/lib/#/nix/lib/#g' $file
        done
        mkdir -p libexec lib/ruby/site_ruby/${api} lib/${triplet}/ruby/site_ruby
        mv bin/ruby${number} libexec/ruby
        paths=$(echo $sitePath | sed "s#@out@#$out#g")
        cat > bin/ruby <<END
        #!$shell
        case :\$RUBYLIB: in
          *:$paths:*) ;;
          *) export RUBYLIB=\''${RUBYLIB:+\$RUBYLIB:}$paths ;;
        esac
        exec $out/libexec/ruby "\$@"
        END
        chmod +x bin/ruby
        ln -s ruby bin/ruby${number}
        for program in bin/*${number}; do
          name=''${program%${number}}
          [ -e $name ] || ln -s ''${program##*/} $name
          sed -i "1s|^#!.*ruby.*|#!$out/bin/ruby|" $program
        done
        sed -i -e 's|$(DESTDIR)/usr/local/lib/site_ruby|$(rubylibprefix)/site_ruby|' \
          -e 's|$(DESTDIR)/usr/local/lib/${triplet}/site_ruby|$(rubyarchprefix)/site_ruby|' \
          -e "s|= \"/usr\"|= \"$out\"|" -e 's|/usr/bin/install|install|' -e 's|"/bin/\(mkdir\|grep\)|"\1|' \
          -e 's|"${triplet}-gcc-|"|' -e 's|"${triplet}-|"|' -e 's|"-g -O2|"-O2|' \
          -e 's|/usr/bin/${triplet}-gcc|gcc|' -e "s|= \"/bin/sh\"|= \"$shell\"|" lib/${triplet}/ruby/${api}/rbconfig.rb
        # Makefiles of gems are written by this; the sandbox has no /bin/sh.
        sed -i "s|^SHELL = /bin/sh|SHELL = $shell|" lib/ruby/${api}/mkmf.rb
      '';
      meta.mainProgram = "ruby";
    }
    // {
      gemPath = "lib/ruby/gems/${api}";
      libPath = "lib/ruby/${api}";
      rubyEngine = "ruby";
      majMinTiny = builtins.head (builtins.match "([0-9.]+).*" version);
    };
  version = archive.versionOf deb;
in
{
  inherit ruby;
  name = "ruby_${lib.replaceStrings [ "." ] [ "_" ] number}";
}
