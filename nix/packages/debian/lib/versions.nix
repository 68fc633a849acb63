{ strings }:
let
  inherit (builtins) compareVersions;
in
rec {
  inherit (builtins) splitVersion;
  inherit compareVersions;
  versionOlder = a: b: compareVersions b a == 1;
  versionAtLeast = a: b: !versionOlder a b;
  getName = package: package.pname or (builtins.parseDrvName (package.name or package)).name;
  getVersion = package: package.version or (builtins.parseDrvName (package.name or package)).version;
  major = version: builtins.elemAt (splitVersion version) 0;
  minor = version: builtins.elemAt (splitVersion version) 1;
  majorMinor = version: strings.concatMapStringsSep "." (f: f version) [ major minor ];
}
