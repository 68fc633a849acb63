import { encodeShellWord } from "../encode/shell.ts";
import type { NixExpr, StringPart } from "../nix/ast.ts";

/** What an archive may become: beyond any app that was ever released, and below what fills a disk. */
export const archiveLimits = { bytes: 4 * 1024 ** 3, files: 300_000 } as const;

export type ArchiveKind = "tar" | "zip" | "file";

interface Unpacking {
  readonly kind: ArchiveKind;
  readonly archive: NixExpr;
  /** Name of a single file. */
  readonly fileName: string;
  /** Directory of the archive to start from; "" for its top. */
  readonly root: string;
  /** An archive with one directory at the top loses it. */
  readonly dropsTop: boolean;
}

/**
 * Commands that leave the files of an archive in `app`. What it holds is looked at before anything is
 * unpacked; links are looked at after, since a listing does not tell a name with an arrow from a link.
 */
export function unpackCommands(unpacking: Unpacking): readonly StringPart[] {
  const { kind, archive } = unpacking;
  if (kind === "file") {
    const copy = [" app/", encodeShellWord(unpacking.fileName), "\nchmod u+w app/*\n"];
    return ["mkdir app\ncp ", archive, ...copy];
  }
  const list = kind === "tar" ? "tar -tvf " : "unzip -l ";
  const rules = kind === "tar" ? tarRules : zipRules;
  const unpack =
    kind === "tar"
      ? ["tar -xf ", archive, " -C unpacked --no-same-owner\n"]
      : ["unzip -q ", archive, " -d unpacked\n"];
  return [
    refuse,
    list,
    archive,
    ` | awk '${rules}' >found || refuse_found\nmkdir unpacked\n`,
    ...unpack,
    checkLinks,
    // Not even a directory of one's own is moved without this.
    "chmod -R u+w unpacked\n",
    ...move(unpacking),
  ];
}

function move({ root, dropsTop }: Unpacking): readonly string[] {
  if (root !== "") return [`mv unpacked/${encodeShellWord(root)} app\n`];
  if (!dropsTop) return ["mv unpacked app\n"];
  return [
    "top=$(ls -A unpacked)\n",
    'if [ -d "unpacked/$top" ]; then mv "unpacked/$top" app; else mv unpacked app; fi\n',
  ];
}

/** The platform reads this line and words the error; see build/nix-problem.ts of the server. */
const refuse = `# What leads out of the archive, is a device or would fill the disk is refused.
refuse() { # REASON
  printf 'hop3-error: ARCHIVE_UNSAFE %s\\n' "$1" >&2
  exit 1
}
refuse_found() { # What awk has found; an archive that cannot be listed has said so itself.
  [ -s found ] && refuse "$(cat found)"
  exit 1
}
`;

const judge = `
  name ~ /^\\// || ("/" name "/") ~ /\\/\\.\\.\\// { bad = "it holds " name ", which leads out of it" }
  size > ${archiveLimits.bytes} { bad = "it is larger than ${archiveLimits.bytes / 1024 ** 3} GiB once unpacked" }
  count > ${archiveLimits.files} { bad = "it holds more than ${archiveLimits.files} files" }
  bad { print bad; exit 1 }
`;

const tarRules = `
  { count++; size += $3; name = $0; sub(/^[^ ]+ +[^ ]+ +[^ ]+ +[^ ]+ +[^ ]+ /, "", name) }
  /^[bcp]/ { bad = "it holds " name ", a device or pipe" }
  /^l/ { sub(/ -> .*/, "", name) }${judge}`;

const zipRules = `
  $1 !~ /^[0-9]+$/ || NF < 4 { next }
  { count++; size += $1; name = $0; sub(/^ *[^ ]+ +[^ ]+ +[^ ]+ +/, "", name) }${judge}`;

const checkLinks = `find unpacked -type l | while IFS= read -r link; do
  target=$(readlink "$link")
  case $target in /*) refuse "its link \${link#unpacked/} leads to $target" ;; esac
  case $(realpath -m "$link")/ in
    "$(realpath unpacked)"/*) ;;
    *) refuse "its link \${link#unpacked/} leads to $target" ;;
  esac
done
`;
