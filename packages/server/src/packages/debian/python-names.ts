import type { ResolvedPackage } from "./resolve.ts";

/** Where nixpkgs (which follows PyPI) and Debian call a Python package differently. */
const renamed: Readonly<Record<string, string>> = {
  "argon2-cffi": "argon2",
  attrs: "attr",
  "backports-zoneinfo": "backports.zoneinfo",
  beautifulsoup4: "bs4",
  "dj-database-url": "django-dj-database-url",
  "django-rest-framework": "djangorestframework",
  gitpython: "git",
  "google-auth": "google.auth",
  "ldap-python": "ldap",
  mysqlclient: "mysqldb",
  opencv4: "opencv",
  pillow: "pil",
  "prometheus-client": "prometheus-client",
  pycups: "cups",
  pygobject3: "gi",
  pyjwt: "jwt",
  pymysql: "pymysql",
  pyopenssl: "openssl",
  pyserial: "serial",
  "python-dateutil": "dateutil",
  "python-dotenv": "dotenv",
  "python-jose": "jose",
  "python-ldap": "ldap",
  "python-magic": "magic",
  "python-multipart": "multipart",
  "python-slugify": "slugify",
  pyusb: "usb",
  pyxdg: "xdg",
  pyyaml: "yaml",
  pyzmq: "zmq",
  "ruamel-yaml": "ruamel.yaml",
  "scikit-image": "skimage",
  "scikit-learn": "sklearn",
  setproctitle: "setproctitle",
  unidecode: "unidecode",
  "websocket-client": "websocket",
};

const prefix = "python3-";

/** Attributes of python3Packages and the Debian packages they stand for. */
export function makePythonNames(
  packages: ReadonlyMap<string, ResolvedPackage>,
): Record<string, string> {
  const names = new Map<string, string>();
  for (const name of [...packages.keys()].filter(isModule)) {
    const module = name.slice(prefix.length);
    const target = programOf(module, name, packages) ?? name;
    for (const spelling of spellings(module)) {
      if (spelling === module || !names.has(spelling)) names.set(spelling, target);
    }
  }
  for (const [attribute, module] of Object.entries(renamed)) {
    const name = prefix + module;
    if (packages.has(name)) names.set(attribute, programOf(attribute, name, packages) ?? name);
  }
  return Object.fromEntries([...names].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function isModule(name: string): boolean {
  return name.startsWith(prefix) && !/-(?:doc|dbg)$/.test(name);
}

/** `zope.interface` is also written `zope-interface` and `zope_interface`. */
function spellings(module: string): string[] {
  return [module, module.replaceAll(".", "-"), module.replaceAll(/[.-]/g, "_")];
}

/** Debian keeps the command of `gunicorn` apart from its module; nixpkgs has one package for both. */
function programOf(
  command: string,
  module: string,
  packages: ReadonlyMap<string, ResolvedPackage>,
): string | undefined {
  return packages.get(command)?.dependencies.includes(module) === true ? command : undefined;
}
