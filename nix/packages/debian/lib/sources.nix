# Sources: which files of a directory enter the store.
{ lists, strings }:
let
  ignored = [
    ".git"
    ".hg"
    ".svn"
    ".bzr"
    "CVS"
    "result"
  ];
  cleanSourceFilter =
    path: type:
    let
      name = baseNameOf path;
    in
    !(builtins.elem name ignored && (type == "directory" || type == "symlink"))
    && !strings.hasSuffix "~" name
    && builtins.match "\\.sw[a-z]|.*\\.sw[a-z]|.*\\.o|.*\\.so" name == null
    && type != "unknown";
  cleanSourceWith =
    {
      src,
      filter ? _: _: true,
      name ? "source",
    }:
    let
      origin = src.origSrc or src;
      accept = path: type: (src.filter or (_: _: true)) path type && filter path type;
    in
    {
      origSrc = origin;
      filter = accept;
      inherit name;
      outPath = builtins.path {
        path = origin;
        filter = accept;
        inherit name;
      };
    };

  # A file set is the paths it may hold; a directory stands for all that it holds.
  toPaths = set: if builtins.isAttrs set && set ? _paths then set._paths else [ (toString set) ];
  holds =
    paths: path:
    lists.any (p: p == path || strings.hasPrefix "${p}/" path || strings.hasPrefix "${path}/" p) paths;
  within = paths: path: lists.any (p: p == path || strings.hasPrefix "${p}/" path) paths;
  filesBelow =
    path:
    let
      kind = (builtins.readDir (dirOf path)).${baseNameOf path};
    in
    if kind == "directory" then
      builtins.concatMap (name: filesBelow (path + "/${name}")) (builtins.attrNames (builtins.readDir path))
    else
      [ path ];
  fileset = rec {
    union = a: b: unions [ a b ];
    unions = sets: { _paths = lists.unique (builtins.concatMap toPaths sets); };
    fileFilter = accept: path: {
      _paths = map toString (
        builtins.filter (
          file:
          accept {
            name = baseNameOf file;
            type = "regular";
            hasExt = extension: strings.hasSuffix ".${extension}" (baseNameOf file);
          }
        ) (filesBelow path)
      );
    };
    difference = a: b: {
      _paths = builtins.filter (file: !within (toPaths b) file) (
        builtins.concatMap (path: map toString (filesBelow (/. + path))) (toPaths a)
      );
    };
    maybeMissing = path: if builtins.pathExists path then path else { _paths = [ ]; };
    toSource =
      { root, fileset }:
      cleanSourceWith {
        src = root;
        filter = path: _: holds (toPaths fileset) path;
      };
  };
in
{
  inherit cleanSourceFilter cleanSourceWith fileset;
  cleanSource =
    src:
    cleanSourceWith {
      inherit src;
      filter = cleanSourceFilter;
    };
  sourceByRegex =
    src: patterns:
    cleanSourceWith {
      inherit src;
      filter =
        path: _:
        let
          relative = strings.removePrefix "${toString src}/" (toString path);
        in
        lists.any (pattern: builtins.match pattern relative != null) patterns;
    };
  sourceFilesBySuffices =
    src: suffixes:
    cleanSourceWith {
      inherit src;
      filter = path: type: type == "directory" || lists.any (s: strings.hasSuffix s (baseNameOf path)) suffixes;
    };
  # Pure evaluation forbids to list the store itself; the paths that enter it as such are directories.
  pathIsDirectory =
    path:
    toString (dirOf path) == builtins.storeDir
    || (builtins.readDir (dirOf path)).${baseNameOf path} or null == "directory";
  pathExists = builtins.pathExists;
}
