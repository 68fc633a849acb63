# What serves while the control plane is away: router, supervisor and the shell they use, in one
# `bin`. A tree of links, so that it stays small and its closure says what is really in it.
{ pkgs }:
pkgs.runCommandLocal "hop3-data-plane" { } ''
  mkdir -p $out/bin
  for program in ${pkgs.haproxy}/bin/* ${pkgs.s6}/bin/s6-* ${pkgs.execline}/bin/*; do
    ln -s $program $out/bin/
  done
  ln -s ${pkgs.busybox}/bin/busybox $out/bin/busybox
''
