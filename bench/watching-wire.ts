// What watching for claims of other hosts and writing every frame down cost on the wire: replies to a flood of the product's
// responder without either, with the first, and with both. Each has a cable of its own and is asked in turns for a moment,
// so that whatever else the machine does meets them alike. Prints raw CSV, then the ratios.
//
//   bun bench/watching-wire.ts [ROUNDS] [SECONDS] [ADDRESSES]
import { join } from 'node:path';
import { Bed, median } from './bed.ts';

const rounds = Number(process.argv[2] ?? 40);
const seconds = process.argv[3] ?? '0.4';
const addresses = process.argv[4] ?? '10000';
const modes = ['off', 'watching', 'recording'] as const;
type Mode = (typeof modes)[number];

const beds = new Map<Mode, Bed>();
const rates: Record<Mode, number[]> = { off: [], watching: [], recording: [] };
/** CPU seconds per million replies, the kernel's part too: beside other load more to be relied on than rates. */
const costs: Record<Mode, number[]> = { off: [], watching: [], recording: [] };
const pids = new Map<Mode, number>();
try {
  for (const mode of modes) {
    const bed = new Bed(mode);
    beds.set(mode, bed);
    const box = [process.execPath, join(import.meta.dir, 'watching-box.ts'), mode, addresses];
    pids.set(mode, (await bed.start(box, 'ready')).pid ?? 0);
    // Compiled code first, figures then.
    await flood(mode, '2');
  }
  console.log('mode,round,replies_s,loss_pct,cpu_s_per_million');
  for (let round = 0; round < rounds; round++) {
    // Whoever goes first finds another machine than whoever goes last: the order turns with every round.
    for (let turn = 0; turn < modes.length; turn++) await measure(modes[(turn + round) % modes.length] ?? 'off', round);
  }
  console.log(
    `# ${addresses} addresses, replies/s: ${modes.map((mode) => `${mode} ${median(rates[mode])}`).join(', ')}`,
  );
  for (const [a, b] of [
    ['watching', 'off'],
    ['recording', 'watching'],
    ['recording', 'off'],
  ] as const) {
    const rate = ratio(rates[a], rates[b]).toFixed(3);
    const cost = ratio(costs[b], costs[a]).toFixed(3);
    console.log(`# ${a} / ${b}: replies/s ${rate}, replies per CPU second ${cost} (aim >= 0.95)`);
  }
} finally {
  for (const bed of beds.values()) bed.close();
}

async function flood(mode: Mode, duration: string) {
  const bed = beds.get(mode);
  if (!bed) throw new Error(`no bed for ${mode}`);
  return await bed.load(['-n', addresses, '-c', '0', '-p', String(pids.get(mode)), '-m', 'flood', '-d', duration]);
}

async function measure(mode: Mode, round: number): Promise<void> {
  const load = await flood(mode, seconds);
  rates[mode].push(load.replies_s);
  costs[mode].push(load.cpu_s_per_m);
  console.log([mode, round, load.replies_s, load.loss_pct, load.cpu_s_per_m].join(','));
}

function ratio(a: readonly number[], b: readonly number[]): number {
  return median(a.map((value, i) => value / (b[i] ?? Number.NaN)));
}
