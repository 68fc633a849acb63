# Joins the gems of an environment: links to each one's files, and its programs started with Bundler. Run by busybox.
umask 022
home=$out/$gemHome
mkdir -p $out/bin $home
for gem in $gems; do
  for kind in gems specifications build_info; do
    for entry in $gem/$gemHome/$kind/*; do
      [ -e "$entry" ] || continue
      mkdir -p $home/$kind
      ln -sfn "$entry" $home/$kind/
    done
  done
  for entry in $gem/$gemHome/extensions/*/*/*; do
    [ -e "$entry" ] || continue
    target=$home/${entry#$gem/$gemHome/}
    mkdir -p ${target%/*}
    ln -sfn "$entry" "$target"
  done
done

# $1 is the program's name, $2 the gem that has it.
write_program() {
  cat > $out/bin/$1 <<END
#!$ruby/bin/ruby
ENV["BUNDLE_GEMFILE"] ||= "$confFiles/Gemfile"
ENV["BUNDLE_FROZEN"] = "1"
ENV["BUNDLE_WITHOUT"] ||= "$without"
ENV["GEM_HOME"] = "$home"
ENV["GEM_PATH"] = "$home"
Gem.paths = ENV.to_h
require "bundler/setup"
load Gem.bin_path("$2", "$1")
END
  chmod +x $out/bin/$1
}
for gem in $gems; do
  for program in $gem/bin/*; do
    [ ! -f "$program" ] || write_program ${program##*/} $(cat $gem/nix-support/gem-name)
  done
done
cat > $out/bin/bundle <<END
#!$shell
export BUNDLE_GEMFILE="\${BUNDLE_GEMFILE:-$confFiles/Gemfile}" BUNDLE_FROZEN=1
export GEM_HOME=$home GEM_PATH=$home
exec $ruby/bin/bundle "\$@"
END
chmod +x $out/bin/bundle
ln -s bundle $out/bin/bundler
