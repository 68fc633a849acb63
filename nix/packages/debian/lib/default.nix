# The functions of nixpkgs' `lib` that package expressions use, under the same names and with the
# same meaning.
{ system }:
let
  lists = import ./lists.nix;
  attrsets = import ./attrsets.nix { inherit lists; };
  strings = import ./strings.nix { inherit lists; };
  versions = import ./versions.nix { inherit strings; };
  packages = import ./packages.nix { inherit attrsets lists strings; };
  sources = import ./sources.nix { inherit lists strings; };
  meta = import ./meta.nix { inherit system; };
  trivial = {
    inherit (builtins)
      add
      bitAnd
      bitOr
      bitXor
      div
      fromJSON
      functionArgs
      isAttrs
      isBool
      isFloat
      isFunction
      isInt
      isList
      isPath
      isString
      lessThan
      mul
      readDir
      readFile
      seq
      deepSeq
      sub
      toJSON
      trace
      tryEval
      typeOf
      ;
    id = x: x;
    const = x: _: x;
    flip =
      f: a: b:
      f b a;
    pipe = builtins.foldl' (x: f: f x);
    importJSON = path: builtins.fromJSON (builtins.readFile path);
    importTOML = path: builtins.fromTOML (builtins.readFile path);
    min = a: b: if a < b then a else b;
    max = a: b: if a > b then a else b;
    mod = a: b: a - b * (a / b);
    boolToString = b: if b then "true" else "false";
    warn = message: builtins.trace "warning: ${message}";
    warnIf = condition: message: if condition then trivial.warn message else (x: x);
    throwIf = condition: message: if condition then throw message else (x: x);
    throwIfNot = condition: trivial.throwIf (!condition);
    assertMsg = condition: message: if condition then true else throw message;
    fix =
      f:
      let
        x = f x;
      in
      x;
    toFunction = value: if builtins.isFunction value then value else _: value;
    makeOverridable =
      f: args:
      let
        result = f args;
        override =
          changes:
          trivial.makeOverridable f (
            args // (if builtins.isFunction changes then changes args else changes)
          );
      in
      if builtins.isAttrs result then result // { inherit override; } else result;
    callPackageWith =
      scope: file: given:
      let
        f = if builtins.isFunction file then file else import file;
        wanted = builtins.functionArgs f;
      in
      trivial.makeOverridable f (builtins.intersectAttrs wanted scope // given);
  };
in
trivial
// lists
// attrsets
// strings
// versions
// packages
// sources
// meta
// {
  inherit
    attrsets
    lists
    strings
    versions
    trivial
    ;
}
