{ lists }:
let
  inherit (builtins) stringLength substring;
  strings = {
    inherit (builtins)
      concatStringsSep
      match
      replaceStrings
      split
      stringLength
      substring
      ;
    concatStrings = builtins.concatStringsSep "";
    concatMapStrings = f: xs: strings.concatStrings (map f xs);
    concatMapStringsSep =
      separator: f: xs:
      builtins.concatStringsSep separator (map f xs);
    concatImapStringsSep =
      separator: f: xs:
      builtins.concatStringsSep separator (lists.imap1 f xs);
    concatMapAttrsStringSep =
      separator: f: attrs:
      builtins.concatStringsSep separator (map (name: f name attrs.${name}) (builtins.attrNames attrs));
    concatLines = strings.concatMapStrings (line: line + "\n");
    intersperse =
      separator: xs:
      lists.drop 1 (
        builtins.concatMap (x: [
          separator
          x
        ]) xs
      );
    optionalString = condition: text: if condition then text else "";
    hasPrefix = prefix: text: substring 0 (stringLength prefix) text == prefix;
    hasSuffix =
      suffix: text:
      let
        start = stringLength text - stringLength suffix;
      in
      start >= 0 && substring start (stringLength suffix) text == suffix;
    hasInfix = part: text: builtins.length (strings.splitString part text) > 1;
    removePrefix =
      prefix: text:
      if strings.hasPrefix prefix text then
        substring (stringLength prefix) (stringLength text) text
      else
        text;
    removeSuffix =
      suffix: text:
      if strings.hasSuffix suffix text then
        substring 0 (stringLength text - stringLength suffix) text
      else
        text;
    splitString =
      separator: text:
      let
        # Discarding and adding back: the pieces depend on what the text depends on.
        pattern = strings.escapeRegex (builtins.unsafeDiscardStringContext separator);
        parts = builtins.split pattern (builtins.unsafeDiscardStringContext text);
        context = substring 0 0 text;
      in
      map (part: context + part) (builtins.filter builtins.isString parts);
    escape = chars: builtins.replaceStrings chars (map (c: "\\" + c) chars);
    escapeRegex = strings.escape (strings.stringToCharacters "\\[{()^$?*+|.");
    stringToCharacters = text: builtins.genList (i: substring i 1 text) (stringLength text);
    escapeShellArg =
      value:
      let
        text = toString value;
      in
      if builtins.match "[[:alnum:],._+:@%/-]+" text != null then
        text
      else
        "'${builtins.replaceStrings [ "'" ] [ "'\\''" ] text}'";
    escapeShellArgs = strings.concatMapStringsSep " " strings.escapeShellArg;
    escapeNixString = text: builtins.replaceStrings [ "$" ] [ "\\$" ] (builtins.toJSON text);
    toShellVar = name: value: "${name}=${strings.escapeShellArg value}";
    toLower = builtins.replaceStrings strings.upperChars strings.lowerChars;
    toUpper = builtins.replaceStrings strings.lowerChars strings.upperChars;
    lowerChars = strings.stringToCharacters "abcdefghijklmnopqrstuvwxyz";
    upperChars = strings.stringToCharacters "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    trim =
      text:
      let
        found = builtins.match "[[:space:]]*(.*[^[:space:]])[[:space:]]*" text;
      in
      if found == null then "" else builtins.head found;
    fileContents = file: strings.removeSuffix "\n" (builtins.readFile file);
    fixedWidthString =
      width: filler: text:
      if stringLength text >= width then text else strings.fixedWidthString width filler (filler + text);
    fixedWidthNumber = width: number: strings.fixedWidthString width "0" (toString number);
    toInt = text: builtins.fromJSON (builtins.head (builtins.match "[[:space:]]*0*(-?[0-9]+)[[:space:]]*" text));
    makeSearchPath =
      directory: paths:
      builtins.concatStringsSep ":" (
        map (path: "${path}/${directory}") (builtins.filter (path: path != null) paths)
      );
    sanitizeDerivationName =
      text:
      let
        parts = builtins.split "[^[:alnum:]+._?=-]+" (builtins.unsafeDiscardStringContext (toString text));
        clean = strings.concatStrings (map (part: if builtins.isString part then part else "-") parts);
      in
      if clean == "" then "unknown" else strings.removePrefix "." (substring 0 200 clean);
    storePathName =
      path:
      let
        name = baseNameOf (builtins.unsafeDiscardStringContext (toString path));
        hashed = builtins.match "[a-z0-9]{32}-(.+)" name;
      in
      if hashed == null then name else builtins.head hashed;
    isStorePath = value: strings.hasPrefix "${builtins.storeDir}/" (toString value);
    isStringLike = value: builtins.isString value || builtins.isPath value || value ? outPath || value ? __toString;
    hasContext = builtins.hasContext;
  };
in
strings
