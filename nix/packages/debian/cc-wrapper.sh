#!@shell@
# Runs the compiler on its own tree; what it links is loaded by the store's loader.
link=1
for argument in "$@"; do
  case $argument in -c | -S | -E | -M | -MM | -print* | --version | -v | -dump*) link= ;; esac
done
flags=(--sysroot=@tree@ -B@tree@/bin/@triplet@-)
# shellcheck disable=SC2206 # flags are words
flags+=(${NIX_CFLAGS_COMPILE:-})
if [ -n "$link" ]; then
  flags+=(-Wl,--dynamic-linker=@loader@ -Wl,-rpath,@libc@/lib/@triplet@ -Wl,-rpath,@runtime@/lib/@triplet@)
  for flag in ${NIX_LDFLAGS:-}; do flags+=("-Wl,$flag"); done
fi
exec @program@ "${flags[@]}" "$@"
