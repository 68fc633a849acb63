let
  lists = {
    inherit (builtins)
      all
      any
      concatLists
      concatMap
      elem
      elemAt
      filter
      foldl'
      genList
      groupBy
      head
      length
      map
      partition
      sort
      tail
      ;
    singleton = x: [ x ];
    optional = condition: x: if condition then [ x ] else [ ];
    optionals = condition: xs: if condition then xs else [ ];
    toList = x: if builtins.isList x then x else [ x ];
    flatten = x: if builtins.isList x then builtins.concatMap lists.flatten x else [ x ];
    unique = builtins.foldl' (seen: x: if builtins.elem x seen then seen else seen ++ [ x ]) [ ];
    remove = x: builtins.filter (y: y != x);
    subtractLists = excluded: builtins.filter (x: !builtins.elem x excluded);
    intersectLists = xs: builtins.filter (x: builtins.elem x xs);
    foldr =
      f: start: xs:
      if xs == [ ] then start else f (builtins.head xs) (lists.foldr f start (builtins.tail xs));
    fold = lists.foldr;
    foldl = builtins.foldl';
    imap0 = f: xs: builtins.genList (i: f i (builtins.elemAt xs i)) (builtins.length xs);
    imap1 = f: lists.imap0 (i: f (i + 1));
    range = first: last: if first > last then [ ] else builtins.genList (i: first + i) (last - first + 1);
    replicate = count: x: builtins.genList (_: x) count;
    take = count: xs: lists.sublist 0 count xs;
    drop = count: xs: lists.sublist count (builtins.length xs) xs;
    sublist =
      start: count: xs:
      let
        left = builtins.length xs - start;
        size = if left < count then left else count;
      in
      builtins.genList (i: builtins.elemAt xs (start + i)) (if size < 0 then 0 else size);
    last = xs: builtins.elemAt xs (builtins.length xs - 1);
    init = xs: lists.take (builtins.length xs - 1) xs;
    reverseList =
      xs:
      let
        count = builtins.length xs;
      in
      builtins.genList (i: builtins.elemAt xs (count - 1 - i)) count;
    findFirst =
      accept: default: xs:
      let
        found = builtins.filter accept xs;
      in
      if found == [ ] then default else builtins.head found;
    count = accept: xs: builtins.length (builtins.filter accept xs);
    zipListsWith =
      f: xs: ys:
      let
        a = builtins.length xs;
        b = builtins.length ys;
      in
      builtins.genList (i: f (builtins.elemAt xs i) (builtins.elemAt ys i)) (if a < b then a else b);
    zipLists = lists.zipListsWith (fst: snd: { inherit fst snd; });
    crossLists = f: builtins.foldl' (fs: xs: builtins.concatMap (g: map g xs) fs) [ f ];
  };
in
lists
