# Licences, platforms, systems: the words that `meta` blocks are written in.
{ system }:
let
  license = spdxId: fullName: free: {
    inherit spdxId fullName free;
    shortName = spdxId;
    deprecated = false;
  };
  linux = [
    "x86_64-linux"
    "aarch64-linux"
    "armv7l-linux"
    "i686-linux"
    "riscv64-linux"
  ];
  darwin = [
    "x86_64-darwin"
    "aarch64-darwin"
  ];
in
{
  licenses = {
    agpl3Only = license "AGPL-3.0-only" "GNU Affero General Public License v3.0 only" true;
    agpl3Plus = license "AGPL-3.0-or-later" "GNU Affero General Public License v3.0 or later" true;
    apsl20 = license "APSL-2.0" "Apple Public Source License 2.0" true;
    artistic2 = license "Artistic-2.0" "Artistic License 2.0" true;
    asl20 = license "Apache-2.0" "Apache License 2.0" true;
    bsd0 = license "0BSD" "BSD Zero Clause License" true;
    bsd2 = license "BSD-2-Clause" "BSD 2-clause \"Simplified\" License" true;
    bsd3 = license "BSD-3-Clause" "BSD 3-clause \"New\" or \"Revised\" License" true;
    bsl11 = license "BUSL-1.1" "Business Source License 1.1" false;
    cc0 = license "CC0-1.0" "Creative Commons Zero v1.0 Universal" true;
    cc-by-40 = license "CC-BY-4.0" "Creative Commons Attribution 4.0" true;
    cc-by-sa-40 = license "CC-BY-SA-4.0" "Creative Commons Attribution Share Alike 4.0" true;
    epl20 = license "EPL-2.0" "Eclipse Public License 2.0" true;
    gpl2 = license "GPL-2.0-only" "GNU General Public License v2.0 only" true;
    gpl2Only = license "GPL-2.0-only" "GNU General Public License v2.0 only" true;
    gpl2Plus = license "GPL-2.0-or-later" "GNU General Public License v2.0 or later" true;
    gpl3 = license "GPL-3.0-only" "GNU General Public License v3.0 only" true;
    gpl3Only = license "GPL-3.0-only" "GNU General Public License v3.0 only" true;
    gpl3Plus = license "GPL-3.0-or-later" "GNU General Public License v3.0 or later" true;
    isc = license "ISC" "ISC License" true;
    lgpl21Only = license "LGPL-2.1-only" "GNU Lesser General Public License v2.1 only" true;
    lgpl21Plus = license "LGPL-2.1-or-later" "GNU Lesser General Public License v2.1 or later" true;
    lgpl3Only = license "LGPL-3.0-only" "GNU Lesser General Public License v3.0 only" true;
    lgpl3Plus = license "LGPL-3.0-or-later" "GNU Lesser General Public License v3.0 or later" true;
    mit = license "MIT" "MIT License" true;
    mpl20 = license "MPL-2.0" "Mozilla Public License 2.0" true;
    php301 = license "PHP-3.01" "PHP License v3.01" true;
    postgresql = license "PostgreSQL" "PostgreSQL License" true;
    psfl = license "Python-2.0" "Python Software Foundation License version 2" true;
    publicDomain = license "LicenseRef-Public-Domain" "Public Domain" true;
    ruby = license "Ruby" "Ruby License" true;
    sspl = license "SSPL-1.0" "Server Side Public License" false;
    unfree = license "LicenseRef-Unfree" "Unfree" false;
    unfreeRedistributable = license "LicenseRef-Unfree-Redistributable" "Unfree redistributable" false;
    unlicense = license "Unlicense" "The Unlicense" true;
    zlib = license "Zlib" "zlib License" true;
  };
  # Any name is a maintainer here: nobody is asked.
  maintainers = { };
  teams = { };
  platforms = {
    inherit linux darwin;
    unix = linux ++ darwin;
    all = linux ++ darwin;
    x86_64 = [
      "x86_64-linux"
      "x86_64-darwin"
    ];
    aarch64 = [
      "aarch64-linux"
      "aarch64-darwin"
    ];
  };
  sourceTypes = {
    fromSource = {
      shortName = "fromSource";
      isSource = true;
    };
    binaryNativeCode = {
      shortName = "binaryNativeCode";
      isSource = false;
    };
    binaryBytecode = {
      shortName = "binaryBytecode";
      isSource = false;
    };
  };
  systems.flakeExposed = [ system ];
  fakeHash = "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
  fakeSha256 = "0000000000000000000000000000000000000000000000000000000000000000";
}
