// What the daemon says when it may capture nowhere.

export function deniedText({ denied }: { readonly denied: readonly string[] }): string {
  const links = denied.map((name) => `"${name}"`).join(', ');
  return `lanlord: Cannot capture on ${links}: permission denied (run as root, or grant CAP_NET_RAW by systemd's AmbientCapabilities; never by setcap on this file)`;
}
