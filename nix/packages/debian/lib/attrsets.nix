{ lists }:
let
  attrsets = {
    inherit (builtins)
      attrNames
      attrValues
      catAttrs
      getAttr
      hasAttr
      intersectAttrs
      listToAttrs
      mapAttrs
      removeAttrs
      ;
    nameValuePair = name: value: { inherit name value; };
    optionalAttrs = condition: attrs: if condition then attrs else { };
    genAttrs =
      names: f:
      builtins.listToAttrs (
        map (name: {
          inherit name;
          value = f name;
        }) names
      );
    mapAttrs' = f: attrs: builtins.listToAttrs (attrsets.mapAttrsToList f attrs);
    mapAttrsToList = f: attrs: map (name: f name attrs.${name}) (builtins.attrNames attrs);
    attrsToList = attrsets.mapAttrsToList attrsets.nameValuePair;
    concatMapAttrs = f: attrs: attrsets.mergeAttrsList (attrsets.mapAttrsToList f attrs);
    mergeAttrsList = builtins.foldl' (a: b: a // b) { };
    filterAttrs =
      accept: attrs:
      builtins.removeAttrs attrs (
        builtins.filter (name: !accept name attrs.${name}) (builtins.attrNames attrs)
      );
    getAttrs = names: attrs: attrsets.genAttrs names (name: attrs.${name});
    attrVals = names: attrs: map (name: attrs.${name}) names;
    foldlAttrs =
      f: start: attrs:
      builtins.foldl' (value: name: f value name attrs.${name}) start (builtins.attrNames attrs);
    attrByPath =
      path: default: attrs:
      if path == [ ] then
        attrs
      else if builtins.isAttrs attrs && attrs ? ${builtins.head path} then
        attrsets.attrByPath (builtins.tail path) default attrs.${builtins.head path}
      else
        default;
    hasAttrByPath =
      path: attrs:
      path == [ ]
      || (
        builtins.isAttrs attrs
        && attrs ? ${builtins.head path}
        && attrsets.hasAttrByPath (builtins.tail path) attrs.${builtins.head path}
      );
    getAttrFromPath =
      path: attrsets.attrByPath path (throw "attribute '${builtins.concatStringsSep "." path}' missing");
    setAttrByPath =
      path: value:
      if path == [ ] then
        value
      else
        { ${builtins.head path} = attrsets.setAttrByPath (builtins.tail path) value; };
    recursiveUpdate =
      a: b:
      a
      // builtins.mapAttrs (
        name: value:
        if builtins.isAttrs value && builtins.isAttrs (a.${name} or null) then
          attrsets.recursiveUpdate a.${name} value
        else
          value
      ) b;
    zipAttrsWith = builtins.zipAttrsWith;
    isDerivation = value: builtins.isAttrs value && value.type or null == "derivation";
    cartesianProduct =
      attrs:
      builtins.foldl' (
        sets: name: builtins.concatMap (set: map (value: set // { ${name} = value; }) attrs.${name}) sets
      ) [ { } ] (builtins.attrNames attrs);
    collect =
      accept: attrs:
      if accept attrs then
        [ attrs ]
      else if builtins.isAttrs attrs then
        lists.concatMap (attrsets.collect accept) (builtins.attrValues attrs)
      else
        [ ];
    recurseIntoAttrs = attrs: attrs // { recurseForDerivations = true; };
  };
in
attrsets
