# What a package has to offer: outputs, programs, search paths.
{
  attrsets,
  lists,
  strings,
}:
rec {
  getOutput =
    output: package: if package.outputSpecified or false then package else package.${output} or package.out or package;
  getBin = getOutput "bin";
  getLib = getOutput "lib";
  getDev = getOutput "dev";
  getMan = getOutput "man";
  getExe' = package: program: "${getBin package}/bin/${program}";
  getExe =
    package:
    getExe' package (
      package.meta.mainProgram or package.pname or (builtins.parseDrvName package.name).name
    );
  makeBinPath = packages: strings.makeSearchPath "bin" (map getBin packages);
  makeLibraryPath = packages: strings.makeSearchPath "lib" (map getLib packages);
  makeIncludePath = packages: strings.makeSearchPath "include" (map getDev packages);
  makeSearchPathOutput =
    output: directory: packages:
    strings.makeSearchPath directory (map (getOutput output) packages);
  addMetaAttrs = meta: package: package // { meta = package.meta or { } // meta; };
  setName = name: package: package // { inherit name; };
  lazyDerivation = { derivation, ... }: derivation;
  closePropagation =
    packages: lists.unique (builtins.concatMap (p: [ p ] ++ (p.propagatedBuildInputs or [ ])) packages);
  inherit (attrsets) isDerivation;
}
