# Installs the gem $src into $out: its files, what it compiles, its programs. Sourced by the standard environment.
runHook preInstall
export HOME=$TMPDIR GEM_HOME=$out/$gemHome GEM_PATH=$out/$gemHome
for dir in $gemSearchPath; do GEM_PATH=$GEM_PATH:$dir; done
mkdir -p "$GEM_HOME"
# make's own output is the only place that tells why a C file does not compile.
# shellcheck disable=SC2086 # flags are words
if ! gem install --local --force --ignore-dependencies --no-document --no-user-install --env-shebang \
  --install-dir "$GEM_HOME" --bindir "$out/bin" "$src" -- $buildFlags; then
  find "$GEM_HOME" -name mkmf.log -exec tail -n 40 {} +
  exit 1
fi
rm -rf "$GEM_HOME"/{cache,doc,plugins}
mkdir -p "$out/nix-support"
echo "$gemName" > "$out/nix-support/gem-name"
# Logs of the compilation name its directory and time.
find "$GEM_HOME" \( -name gem_make.out -o -name mkmf.log -o -name Makefile -path '*/ext/*' \) -delete
rmdir "$out/bin" "$GEM_HOME"/* 2>/dev/null || true
if [ -n "$patchelf" ]; then
  rpath=
  for dir in $runtime; do rpath=$rpath:$dir; done
  elf=$(printf '\177ELF')
  while IFS= read -r -d '' file; do
    magic=
    IFS= read -r -n 4 magic < "$file" || true
    if [ "$magic" != "$elf" ]; then continue; fi
    old=$($patchelf --print-rpath "$file" 2>/dev/null) || continue
    $patchelf --set-rpath "${old:+$old:}${rpath#:}" "$file"
    if $patchelf --print-interpreter "$file" >/dev/null 2>&1; then
      $patchelf --set-interpreter "$(echo "$loader"/ld-linux-*.so.*)" "$file"
    fi
  done < <(find "$GEM_HOME" -type f \( -perm -0100 -o -name '*.so*' \) -print0)
fi
runHook postInstall
