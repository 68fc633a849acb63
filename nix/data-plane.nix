# What serves while the control plane is away: router, supervisor and the shell they use, in one
# `bin`. A tree of links, so that it stays small and its closure says what is really in it.
{ pkgs }:
pkgs.runCommandLocal "hop3-data-plane" { } ''
  mkdir -p $out/bin
  for program in ${pkgs.haproxy}/bin/* ${pkgs.s6}/bin/s6-* ${pkgs.execline}/bin/*; do
    ln -s $program $out/bin/
  done
  ln -s ${pkgs.busybox}/bin/busybox $out/bin/busybox
  # Debian's s6-svscan starts /usr/bin/s6-supervise, which the host need not have. By its plain name it
  # is found on the PATH that the supervisor is given. Same length, so that nothing else moves.
  rm $out/bin/s6-svscan
  LC_ALL=C sed 's|/usr/bin/s6-supervise\x00|s6-supervise\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00|' \
    ${pkgs.s6}/bin/s6-svscan > $out/bin/s6-svscan
  chmod 555 $out/bin/s6-svscan
''
