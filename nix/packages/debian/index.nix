# The index of Debian's packages, read in pieces: a package is known by the hash of its name.
{
  index,
  mirrors,
}:
let
  inherit (builtins)
    concatMap
    elemAt
    fromJSON
    genericClosure
    hashString
    head
    listToAttrs
    match
    readFile
    substring
    ;

  hex = [
    "0"
    "1"
    "2"
    "3"
    "4"
    "5"
    "6"
    "7"
    "8"
    "9"
    "a"
    "b"
    "c"
    "d"
    "e"
    "f"
  ];
  # Locks made before there were 4,096 pieces have 256; their hash is that of what they are.
  digits = if builtins.pathExists "${index}/00.json" then 2 else 3;
  prefixes = n: if n == 0 then [ "" ] else concatMap (p: map (d: p + d) hex) (prefixes (n - 1));
  shards = listToAttrs (
    map (name: {
      inherit name;
      value = fromJSON (readFile "${index}/${name}.json");
    }) (prefixes digits)
  );
  shardOf = name: substring 0 digits (hashString "sha256" name);
  entryOf =
    name:
    shards.${shardOf name}.${name}
      or (throw "the locked Debian index has no package '${name}'");
  has = name: shards.${shardOf name} ? ${name};

  # The epoch is no part of a store name, and `~` is not allowed in one.
  cleanVersion =
    v:
    let
      epoch = match "[0-9]+:(.*)" v;
    in
    builtins.replaceStrings [ "~" ":" ] [ "-" "-" ] (if epoch == null then v else head epoch);
  versionOf = name: cleanVersion (entryOf name).v;

  # Fixed by its hash: neither the address nor the mirror is part of the store path.
  fetchDeb =
    name:
    let
      entry = entryOf name;
      url = elemAt mirrors entry.m + entry.f;
    in
    derivation {
      name = "${name}-${cleanVersion entry.v}.deb";
      system = "builtin";
      builder = "builtin:fetchurl";
      inherit url;
      urls = [ url ];
      unpack = false;
      executable = false;
      preferLocalBuild = true;
      outputHashMode = "flat";
      outputHashAlgo = "sha256";
      outputHash = entry.h;
    };

  # Names of the packages and of everything they need.
  closureOf =
    names:
    map (item: item.key) (genericClosure {
      startSet = map (key: { inherit key; }) names;
      operator = item: map (key: { inherit key; }) (entryOf item.key).d;
    });
in
{
  inherit
    cleanVersion
    closureOf
    entryOf
    fetchDeb
    has
    shardOf
    shards
    versionOf
    ;
}
