// Replies per second, latency, CPU and memory with 1 and 10,000 VIPs: lanlord, the C yardstick and the Linux kernel, in
// alternation in one run. Prints raw CSV, then the ratios.
//
//   bun bench/arp.ts [PAIRS] [SECONDS]
import { Bed, compile, firstVip, type Load, manifests, median, sh, stop } from './bed.ts';

const pairs = Number(process.argv[2] ?? 9);
const seconds = process.argv[3] ?? '2';
const counts = [1, 10_000];
const responders = ['lanlord', 'c', 'kernel'] as const;
type Responder = (typeof responders)[number];

interface Sample extends Load {
  readonly responder: Responder;
  readonly mode: string;
}

const bed = new Bed();
const samples: Sample[] = [];
try {
  console.log('responder,mode,vips,round,replies_s,loss_pct,p50_us,p99_us,max_us,cpu_s_per_million,rss_mb,bad');
  for (let round = 0; round < pairs; round++) {
    for (const count of counts) {
      // Whoever goes first finds another machine than whoever goes last: the order turns with every round.
      for (let turn = 0; turn < responders.length; turn++) {
        const responder = responders[(turn + round) % responders.length] ?? 'c';
        await measure(responder, count, round);
      }
    }
  }
  summary();
} finally {
  bed.close();
}

async function measure(responder: Responder, count: number, round: number): Promise<void> {
  const running = await begin(responder, count);
  const pid = running ? ['-p', String(running.pid)] : [];
  const common = ['-n', String(count), '-c', '0', ...pid];
  const modes: [string, string[]][] = [
    ['flood', ['-m', 'flood', '-d', seconds]],
    ['20k', ['-m', 'rate', '-r', '20000', '-d', seconds]],
    ['closed', ['-m', 'closed', '-d', '1']],
  ];
  for (const [mode, args] of modes) {
    const load = await bed.load([...common, ...args]);
    const sample = { ...load, responder, mode };
    samples.push(sample);
    const { lat_us: us } = load;
    console.log(
      [responder, mode, count, round, load.replies_s, load.loss_pct, us.p50, us.p99, us.max, load.cpu_s_per_m]
        .concat([Math.round(load.rss_kb / 1024), load.bad])
        .join(','),
    );
  }
  if (running) await stop(running);
  else sh('ip', ['-n', bed.box, 'address', 'flush', 'dev', 'eth0', 'label', 'eth0:vip']);
}

async function begin(responder: Responder, count: number) {
  if (responder === 'lanlord') return await bed.lanlord(manifests(count), `vips${count}`);
  if (responder === 'c') {
    return await bed.start([compile('arp-responder', ['-l:libpcap.so.0.8']), 'eth0', firstVip, String(count)], 'ready');
  }
  const lines: string[] = [];
  for (let i = 0; i < count; i++) {
    const last = i + 1;
    lines.push(`address add 10.99.${last >> 8}.${last & 255}/32 dev eth0 label eth0:vip`);
  }
  sh('ip', ['-n', bed.box, '-batch', '-'], `${lines.join('\n')}\n`);
  return null;
}

function pick(responder: Responder, mode: string, count: number, field: (sample: Sample) => number): number[] {
  return samples.filter((s) => s.responder === responder && s.mode === mode && s.targets === count).map(field);
}

function ratio(a: readonly number[], b: readonly number[]): string {
  return median(a.map((value, i) => value / (b[i] ?? Number.NaN))).toFixed(3);
}

function summary(): void {
  const rate = (sample: Sample) => sample.replies_s;
  const many = counts[1] ?? 1;
  for (const count of counts) {
    const [ours, c, kernel] = responders.map((responder) => pick(responder, 'flood', count, rate));
    if (!ours || !c || !kernel) continue;
    console.log(`# ${count} VIPs: median replies/s lanlord ${median(ours)}, C ${median(c)}, kernel ${median(kernel)}`);
    console.log(
      `# ${count} VIPs: lanlord / C ${ratio(ours, c)} (aim >= 0.95), lanlord / kernel ${ratio(ours, kernel)}`,
    );
    const loss = pick('lanlord', '20k', count, (sample) => sample.loss_pct);
    console.log(`# ${count} VIPs: worst loss at 20,000 requests/s ${Math.max(...loss)} % (aim 0)`);
  }
  const scale = ratio(pick('lanlord', 'flood', many, rate), pick('lanlord', 'flood', 1, rate));
  console.log(`# lanlord: rate at ${many} VIPs / rate at 1 VIP ${scale} (aim >= 0.9)`);
}
