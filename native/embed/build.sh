#!/bin/sh
# Builds a libpcap that needs the C library only, from the distribution's source package.
#
#   native/embed/build.sh [OUTPUT_DIRECTORY]       default: .cache/libpcap beside the package
#
# Leaves libpcap.so and LICENSE there. Needs gcc, make, flex, bison, strip, and either dpkg-source with a reachable
# Debian or Ubuntu archive, or LIBPCAP_SOURCE=DIRECTORY with an unpacked libpcap. Not root. /etc/apt stays as it is: the
# source lines go into a private apt configuration, and apt checks the archive's signature as ever.
# On failure the last line on stderr says why.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
out=${1:-$here/../../.cache/libpcap}
mkdir -p "$out"
out=$(cd "$out" && pwd)

fail() {
  echo "$1" >&2
  exit 1
}

for tool in gcc make flex bison strip; do
  command -v $tool >/dev/null 2>&1 || fail "$tool is not installed"
done

work=$(mktemp -d "${TMPDIR:-/tmp}/libpcap-build.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
log=$out/build.log
: >"$log"

# The archive this machine installs from, as source lines: "deb-src [signed-by=…] URI RELEASE main".
archive_lines() {
  codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
  apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
    sort -u | while read -r uri release component; do
      [ "$component" = main ] || continue
      case $release in "$codename" | "$codename-security") ;; *) continue ;; esac
      case $uri in *debian*) key=debian ;; *ubuntu*) key=ubuntu ;; *) continue ;; esac
      ring=/usr/share/keyrings/$key-archive-keyring.gpg
      if [ -r "$ring" ]; then echo "deb-src [signed-by=$ring] $uri $release main"; else echo "deb-src $uri $release main"; fi
    done
}

fetch() {
  for tool in apt-get dpkg-source; do
    command -v $tool >/dev/null 2>&1 || fail "$tool is not installed (or set LIBPCAP_SOURCE to an unpacked libpcap)"
  done
  mkdir -p "$work/apt/lists/partial" "$work/apt/archives/partial" "$work/source"
  archive_lines >"$work/apt/sources.list"
  [ -s "$work/apt/sources.list" ] || fail "apt names no Debian or Ubuntu archive for this release"
  cat >"$work/apt/apt.conf" <<CONF
Dir::Etc::sourcelist "$work/apt/sources.list";
Dir::Etc::sourceparts "-";
Dir::State::lists "$work/apt/lists";
Dir::Cache "$work/apt";
CONF
  cd "$work/source"
  export APT_CONFIG="$work/apt/apt.conf"
  apt-get update -q >>"$log" 2>&1 || fail "apt-get update failed, see $log"
  apt-get source -q libpcap >>"$log" 2>&1 || fail "apt-get source libpcap failed, see $log"
}

if [ -n "${LIBPCAP_SOURCE:-}" ]; then
  [ -f "$LIBPCAP_SOURCE/pcap.c" ] || fail "LIBPCAP_SOURCE=$LIBPCAP_SOURCE holds no libpcap"
  mkdir -p "$work/source"
  cp -r "$LIBPCAP_SOURCE" "$work/source/libpcap-given"
else
  fetch
fi

cd "$work"/source/libpcap-*/
# Everything that drags in another library, or opens devices that are no network interfaces, stays out.
./configure --disable-dbus --disable-rdma --without-libnl --disable-bluetooth --disable-usb --disable-netmap \
  --disable-remote >>"$log" 2>&1 || fail "libpcap's configure failed, see $log"
# A name of its own: under the system's name the loader would hand this copy to whoever asks for the system's. -Bsymbolic
# keeps its calls inside, whatever else is loaded.
make shared LIBS="-Wl,-soname,libpcap-embedded.so,-Bsymbolic,-z,relro,-z,now" CCOPT="-O2 -fPIC -fstack-protector-strong -D_FORTIFY_SOURCE=2 -include $here/glibc-floor.h" >>"$log" 2>&1 ||
  fail "libpcap did not compile, see $log"
library=$(find . -maxdepth 1 -type f -name 'libpcap.so.*' | head -n 1)
[ -n "$library" ] || fail "libpcap's build left no shared library, see $log"
strip "$library"
cp LICENSE "$out/LICENSE"
# Renamed into place, so that nobody ever sees half a library.
cp "$library" "$out/libpcap.so.new"
mv "$out/libpcap.so.new" "$out/libpcap.so"
echo "$out/libpcap.so"
