// Opens a link on vb and sends one frame, under whatever privileges it was started with; prints the outcome as JSON.
import { openLink } from '../../native/mod.ts';

const link = openLink({ interface: 'vb', filter: 'arp', protocol: 0x0806 });
if (link.ok) {
  link.value.out.fill(0xff, 0, 60);
  console.log(JSON.stringify({ ok: true, sent: link.value.flush(1, new Uint16Array([60])) }));
} else {
  console.log(JSON.stringify(link));
}
