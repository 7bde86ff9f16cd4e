// How long nobody answers when the box that leads goes, and whether two ever answer: lanlord, and keepalived with equal
// timers, in turns. A third host asks every millisecond.
//
//   bun bench/failover.ts [--interval MS] [--runs N] [--kills N] [--faults kill,term,…] [--alone]
//
// Exit 1: a stopped box left a probe unanswered, or a dead one answered. Faults: kill (-9), term, stop-5s (SIGSTOP for
// 5 s), carrier (its cable is out), partition (its switch port forwards nothing), namespace (the host is gone), mute (its
// frames are lost), deaf (nothing reaches it), unheard (only the other box does not hear it).
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { median } from './bed.ts';
import { type Fault, faults } from './failover/faults.ts';
import { type Measurement, measure } from './failover/measure.ts';
import { keepalived, lanlord, Pair } from './failover/pair.ts';
import { Prober } from './failover/prober.ts';
import { boxNames, vip } from './failover/site.ts';

const { values: options } = parseArgs({
  options: {
    interval: { type: 'string', default: '100' },
    runs: { type: 'string', default: '30' },
    kills: { type: 'string' },
    faults: { type: 'string', default: faults.map(({ name }) => name).join() },
    alone: { type: 'boolean', default: false },
  },
});
const intervalMs = Number.parseFloat(options.interval);
const runs = Number(options.runs);
const kills = Number(options.kills ?? runs);
const chosen = options.faults.split(',').map((name) => {
  const fault = faults.find((one) => one.name === name);
  if (!fault) throw new Error(`no fault "${name}" (there are ${faults.map((one) => one.name).join(', ')})`);
  return fault;
});
/** Long enough for a take-over, whose detection takes three intervals and the skew. */
const waitMs = Math.max(1000, 8 * intervalMs);
/** Before the fault: the prober runs smoothly, and whoever follows has heard the leader. */
const settleMs = Math.max(1000, 5 * intervalMs);
const killAims = { worst: 350, ratio: 1.05, quick: 60 };

interface Run extends Measurement {
  readonly fault: string;
  readonly program: string;
}

const done: Run[] = [];
const pairs = [new Pair(lanlord(intervalMs)), ...(options.alone ? [] : [new Pair(keepalived(intervalMs))])];
try {
  for (const pair of pairs) for (const box of boxNames) await pair.start(box);
  console.log(
    'fault,program,run,takeover_ms,silence_ms,unanswered,answered_twice,of_the_dead,advertisement_gap_ms,prober_late_p99_ms,prober_late_max_ms',
  );
  for (const fault of chosen) {
    for (let run = 0; run < (fault.name === 'kill' ? kills : runs); run++) {
      // In changing order: what drifts hits both.
      for (const pair of run % 2 ? pairs : [...pairs].reverse()) await once(pair, fault, run);
    }
  }
  process.exitCode = summarize() ? 0 : 1;
} finally {
  for (const pair of pairs) pair.close();
}

async function once(pair: Pair, fault: Fault, run: number): Promise<void> {
  await Bun.sleep(settleMs);
  const { asker } = pair.site;
  const prober = new Prober(asker, vip);
  const leader = pair.site.boxOf(await prober.leader);
  const survivor = leader === 'a' ? 'b' : 'a';
  await Bun.sleep(300);
  const faultUs = await fault.inflict(pair, leader, survivor, waitMs);
  const recording = await prober.stop();
  const macs = { leader: pair.site.box(leader).mac, survivor: pair.site.box(survivor).mac };
  const found = measure(recording, faultUs, macs);
  done.push({ ...found, fault: fault.name, program: pair.name });
  const { takeoverMs, silenceMs, unanswered, answeredTwice, answersOfTheDead, advertisementGapMs } = found;
  const times = [takeoverMs, silenceMs].map((ms) => ms?.toFixed(1) ?? '');
  const rest = [unanswered, answeredTwice, fault.isDeath ? answersOfTheDead : '', advertisementGapMs?.toFixed(1) ?? ''];
  const late = [found.lateP99Ms, found.lateMaxMs].map((ms) => ms.toFixed(2));
  console.log([fault.name, pair.name, run, ...times, ...rest, ...late].join());
  await pair.restore(leader, fault.restore === 'rebuild');
}

function summarize(): boolean {
  const [load = 0] = loadavg();
  console.log(`# advertisements every ${intervalMs} ms; load ${load.toFixed(1)} at the end`);
  const late = done.map(({ lateMaxMs }) => lateMaxMs);
  console.log(
    `# prober: late by ${median(late).toFixed(2)} ms at most in the median run, ${max(late)} ms in the worst`,
  );
  let isHeld = true;
  for (const { name } of chosen) {
    for (const { name: program } of pairs) report(name, program);
    if (name === 'kill') aims();
  }
  const own = done.filter(({ program }) => program === 'lanlord');
  for (const [what, broken] of [
    ['a stopped box leaves no probe unanswered', own.filter((run) => run.fault === 'term' && run.unanswered > 0)],
    ['a dead box answers nothing', own.filter((run) => isDeath(run.fault) && run.answersOfTheDead > 0)],
  ] as const) {
    console.log(`# ${broken.length === 0 ? 'held' : `NOT HELD in ${broken.length} runs`}: ${what}`);
    if (broken.length > 0) isHeld = false;
  }
  return isHeld;
}

function report(fault: string, program: string): void {
  const own = done.filter((run) => run.fault === fault && run.program === program);
  const taken = own.flatMap(({ takeoverMs }) => (takeoverMs === null ? [] : [takeoverMs]));
  // Silence is compared only where the kernel does not go on answering for a program that is gone.
  const silent = own.filter(({ silenceMs }) => silenceMs > 0).map(({ silenceMs }) => silenceMs);
  const ghosts = own.filter((run) => isDeath(fault) && run.answersOfTheDead > 0).length;
  const parts = [
    taken.length === 0
      ? 'no take-over'
      : `take-over ${spread(taken)}${taken.length < own.length ? `, none in ${own.length - taken.length} runs` : ''}`,
    silent.length === 0 ? 'no silence' : `silence ${spread(silent)} in ${silent.length} of ${own.length}`,
    `answered twice: ${max(own.map(({ answeredTwice }) => answeredTwice))} ms at most`,
    ...(ghosts > 0 ? [`the dead box answered in ${ghosts} runs`] : []),
  ];
  console.log(`# ${fault.padEnd(9)} ${program.padEnd(10)} ${parts.join('; ')}`);
}

function aims(): void {
  const of = (name: string) => {
    const own = done.filter((run) => run.fault === 'kill' && run.program === name);
    return own.flatMap(({ takeoverMs }) => (takeoverMs === null ? [] : [takeoverMs]));
  };
  const own = of('lanlord');
  const worst = quantile(own, 0.99);
  const aim = intervalMs === 10 ? killAims.quick : intervalMs === 100 ? killAims.worst : null;
  if (aim !== null) console.log(`# kill: 99 % of take-overs within ${worst.toFixed(0)} ms (aim <= ${aim})`);
  const other = of('keepalived');
  if (other.length > 0) {
    const ratio = (median(own) / median(other)).toFixed(2);
    console.log(`# kill: median take-over lanlord / keepalived ${ratio} (aim <= ${killAims.ratio})`);
  }
}

function isDeath(name: string): boolean {
  return faults.some((fault) => fault.name === name && fault.isDeath);
}

function spread(values: readonly number[]): string {
  const p99 = values.length < 100 ? '' : `, p99 ${quantile(values, 0.99).toFixed(0)}`;
  return `p50 ${median(values).toFixed(0)}${p99}, max ${max(values)} ms`;
}

function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

function max(values: readonly number[]): number {
  return Math.round(10 * Math.max(...values)) / 10;
}
