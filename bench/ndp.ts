// Neighbor Solicitations answered per second beside ARP requests, with 1 and 10,000 dual-stack services: the same daemon,
// in alternation. Prints raw CSV, then the ratios.
//
//   bun bench/ndp.ts [PAIRS] [SECONDS]
import { Bed, type Load, manifests, median, stop } from './bed.ts';

const pairs = Number(process.argv[2] ?? 5);
const seconds = process.argv[3] ?? '2';
const counts = [1, 10_000];
const families = ['IPv4', 'IPv6'] as const;
type Family = (typeof families)[number];

interface Sample extends Load {
  readonly family: Family;
  readonly mode: string;
}

const bed = new Bed();
const samples: Sample[] = [];
try {
  console.log('family,mode,vips,round,replies_s,loss_pct,p50_us,p99_us,max_us,cpu_s_per_million,rss_mb,bad');
  for (const count of counts) {
    const running = await bed.lanlord(manifests(count, 'bench', true), `dual${count}`);
    for (let round = 0; round < pairs; round++) {
      // Whoever goes first finds another machine than whoever goes last: the order turns with every round.
      for (const family of round % 2 === 0 ? families : [...families].reverse()) {
        await measure(family, count, round, running.pid ?? 0);
      }
    }
    await stop(running);
  }
  summary();
} finally {
  bed.close();
}

async function measure(family: Family, count: number, round: number, pid: number): Promise<void> {
  const common = ['-n', String(count), '-c', '0', '-p', String(pid)];
  const modes: [string, string[]][] = [
    ['flood', ['-m', 'flood', '-d', seconds]],
    ['20k', ['-m', 'rate', '-r', '20000', '-d', '1']],
  ];
  for (const [mode, args] of modes) {
    const load = await bed.load([...common, ...args], family);
    samples.push({ ...load, family, mode });
    const { lat_us: us } = load;
    console.log(
      [family, mode, count, round, load.replies_s, load.loss_pct, us.p50, us.p99, us.max, load.cpu_s_per_m]
        .concat([Math.round(load.rss_kb / 1024), load.bad])
        .join(','),
    );
  }
}

function summary(): void {
  const rates = (family: Family, mode: string, count: number) =>
    samples.filter((s) => s.family === family && s.mode === mode && s.targets === count);
  for (const count of counts) {
    const [arp, ndp] = families.map((family) => rates(family, 'flood', count).map((s) => s.replies_s));
    if (!arp || !ndp) continue;
    const ratio = median(ndp.map((rate, i) => rate / (arp[i] ?? Number.NaN)));
    console.log(`# ${count} services: median replies/s ARP ${median(arp)}, NDP ${median(ndp)}`);
    console.log(`# ${count} services: NDP / ARP ${ratio.toFixed(3)} (aim >= 0.8)`);
    const loss = rates('IPv6', '20k', count).map((s) => s.loss_pct);
    console.log(`# ${count} services: worst loss at 20,000 solicitations/s ${Math.max(...loss)} % (aim 0)`);
  }
}
