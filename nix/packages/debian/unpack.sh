# Unpacks $debs into $out, leaves out what a store path has no use for, and points programs,
# libraries, links and scripts at store paths. Run by busybox alone, which finds its own applets.
umask 022
mkdir $out
for deb in $debs; do dpkg-deb -x $deb $out; done
cd $out
find . -type d ! -perm -700 -exec chmod u+rwx {} +

# Moves the contents of directory $1 into directory $2; what is there already stays.
merge() {
  for entry in $1/* $1/.[!.]*; do
    [ -e $entry ] || [ -L $entry ] || continue
    target=$2/${entry##*/}
    if [ -d $entry ] && [ ! -L $entry ] && [ -d $target ]; then
      merge $entry $target
    elif [ ! -e $target ] && [ ! -L $target ]; then
      mv $entry $target
    fi
  done
}
IFS='
'
if [ -d usr ]; then merge usr .; rm -rf usr; fi
if [ -d sbin ]; then mkdir -p bin; merge sbin bin; rm -rf sbin; fi
rm -rf share/doc share/man share/info share/lintian share/locale share/bug share/doc-base \
  share/bash-completion share/zsh share/fish share/applications share/menu share/pixmaps \
  etc/init.d etc/default etc/logrotate.d etc/cron.* etc/apparmor.d etc/bash_completion.d \
  etc/ld.so.conf.d lib/systemd lib/tmpfiles.d lib/sysusers.d lib/udev lib/binfmt.d lib/valgrind var
[ -e lib/$triplet ] && for file in lib/$triplet/*.so lib/$triplet/*.so.* lib/$triplet/pkgconfig; do
  [ -e $file ] || [ -L $file ] || continue
  [ -e lib/${file##*/} ] || ln -s $triplet/${file##*/} lib/${file##*/}
done
IFS=' 	
'

# Prints the store path of a file that Debian has at /$1, or nothing.
find_path() {
  wanted=${1#usr/}
  case $wanted in sbin/*) wanted=bin/${wanted#sbin/} ;; esac
  for tree in $out $deps; do
    if [ -e $tree/$wanted ] || [ -L $tree/$wanted ]; then
      echo $tree/$wanted
      return
    fi
  done
}

# Prints path $1 without `.` and `..`, which stop at the root.
normalise() {
  result=
  rest=$1/
  while [ -n "$rest" ]; do
    part=${rest%%/*}
    rest=${rest#*/}
    case $part in
      '' | .) ;;
      ..) case $result in */*) result=${result%/*} ;; *) result= ;; esac ;;
      *) result=${result:+$result/}$part ;;
    esac
  done
  echo "$result"
}

find . -type l > $TMPDIR/links
while IFS= read -r link; do
  target=$(readlink "$link")
  case $target in
    /nix/store/*) continue ;;
    /*) found=$(find_path "${target#/}") ;;
    *)
      [ ! -e "$link" ] || continue
      found=$(find_path "$(normalise "${link%/*}/$target")")
      ;;
  esac
  if [ -n "$found" ] && [ "$found" != "$out/${link#./}" ]; then ln -sfn "$found" "$link"; fi
done < $TMPDIR/links

if [ -z "$libc" ]; then libc=$out; fi
loader=$(echo $libc/lib/$triplet/ld-linux-*.so.*)
# In blas and lapack are libraries that Debian's alternatives would link into the directory above.
libraries="$out/lib/$triplet $out/lib"
for tree in $out $deps; do
  for dir in $tree/lib/$triplet $tree/lib $tree/lib/$triplet/blas $tree/lib/$triplet/lapack; do
    if [ -d $dir ]; then libraries="$libraries $dir"; fi
  done
done
elf=$(printf '\177ELF')

# Sets the search path of $1 to exactly the directories that hold what it needs.
patch_elf() {
  case $1 in */ld-linux-*.so.* | */gconv/*.so) return ;; esac
  info=$($patchelf --print-rpath --print-needed "$1" 2>/dev/null) || return 0
  old=$(echo "$info" | head -n 1)
  case $old in
    */*) needed=$(echo "$info" | tail -n +2) ;;
    *) old= needed=$info ;;
  esac
  own=
  IFS=:
  for dir in $old; do
    case $dir in
      \$ORIGIN*) own="$own $dir" ;;
      /*) dir=${dir#/}; [ ! -d "$out/${dir#usr/}" ] || own="$own $out/${dir#usr/}" ;;
    esac
  done
  IFS=' 	
'
  rpath=
  for dir in $own; do rpath=$rpath:$dir; done
  for library in $needed; do
    for dir in $libraries; do
      [ -e $dir/$library ] || continue
      case $rpath: in *:$dir:*) ;; *) rpath=$rpath:$dir ;; esac
      break
    done
  done
  # libc loads libgcc_s by name when a thread is cancelled.
  case $1 in */libc.so.6) rpath=:$out/lib/$triplet ;; esac
  chmod u+w "$1"
  case $1 in
    *.so | *.so.*) $patchelf --set-rpath "${rpath#:}" "$1" ;;
    *)
      $patchelf --set-interpreter $loader --set-rpath "${rpath#:}" "$1" 2>/dev/null \
        || $patchelf --set-rpath "${rpath#:}" "$1"
      ;;
  esac
}

# Points the first line of script $1, which is $2, at an interpreter in the store.
patch_shebang() {
  set -f
  set -- "$1" ${2#'#!'}
  set +f
  file=$1
  shift
  if [ "${1##*/}" = env ] && [ $# -gt 1 ]; then shift; fi
  [ $# -gt 0 ] || return 0
  command=${1##*/}
  shift
  case $command in
    sh) found=$busybox/bin/sh ;;
    bash) found=${bash:+$bash/bin/bash} ;;
    *) found=$(find_path bin/$command) ;;
  esac
  if [ -z "$found" ] && [ -x $busybox/bin/$command ]; then found=$busybox/bin/$command; fi
  [ -n "$found" ] || return 0
  chmod u+w "$file"
  sed -i "1s|.*|#!$found${*:+ $*}|" "$file"
}

find . -type f \( -perm -100 -o -name '*.so' -o -name '*.so.*' \) > $TMPDIR/files
while IFS= read -r file; do
  magic=
  IFS= read -r -n 4 magic < "$file" || true
  case $magic in
    "$elf") patch_elf "$file" ;;
    '#!'*)
      # Modules of Python's own library: their bytecode would hold a hash of their own store path.
      case $file in ./lib/python3.*) continue ;; esac
      IFS= read -r line < "$file" || true
      patch_shebang "$file" "$line"
      ;;
  esac
done < $TMPDIR/files

# The loader must not look into the host: not into its cache, not into its library directories.
if [ $libc = $out ]; then
  sed -i -e 's#/etc/ld\.so\.cache#/nix/no.so.cache#g' -e "s#/lib/$triplet/#/nix/$triplet/#g" $loader
fi

for file in lib/pkgconfig/*.pc share/pkgconfig/*.pc; do
  [ ! -f $file ] || sed -i "s#/usr#$out#g" $file
done

if [ -n "$extra" ]; then eval "$extra"; fi

if [ -n "$python" ]; then
  $python/bin/python3 -I $fixPython $out $python $propagated
elif [ -n "$propagated" ]; then
  mkdir -p nix-support
  echo $propagated > nix-support/propagated-build-inputs
fi
