export CC=gcc CXX=g++ AR=ar LD=ld RANLIB=ranlib NM=nm STRIP=strip

# What is linked may name every input; what is kept names only those that it loads.
_shrinkSearchPaths() {
  local file magic elf
  elf=$(printf '\177ELF')
  while IFS= read -r -d '' file; do
    magic=
    IFS= read -r -n 4 magic < "$file" || true
    if [ "$magic" = "$elf" ]; then @patchelf@ --shrink-rpath "$file" || true; fi
  done < <(find "$prefix" -type f \( -perm -0100 -o -name '*.so*' \) -print0)
}
fixupOutputHooks+=(_shrinkSearchPaths)
