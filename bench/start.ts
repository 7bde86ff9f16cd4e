// From exec to the first answered request with 1,000 services in one file and allocations restored; memory after a minute.
//
//   bun bench/start.ts [RUNS] [SECONDS_BEFORE_RSS]
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { Bed, manifests, median, memoryMb, stop } from './bed.ts';

const runs = Number(process.argv[2] ?? 9);
const settleSeconds = Number(process.argv[3] ?? 60);
const bed = new Bed();
try {
  const config = manifests(1000);
  await stop(await bed.lanlord(config));
  console.log('run,first_answer_ms');
  const times: number[] = [];
  for (let run = 0; run < runs; run++) {
    const asker = askUntilAnswered('10.99.3.232');
    await asker.asking;
    const started = performance.timeOrigin + performance.now();
    const daemon = bed.lanlord(config);
    const answered = await asker.answered;
    times.push(answered - started);
    console.log(`${run},${(answered - started).toFixed(1)}`);
    await stop(await daemon);
  }
  console.log(`# median ${median(times).toFixed(0)} ms (aim <= 300)`);
  const daemon = await bed.lanlord(config);
  await Bun.sleep(settleSeconds * 1000);
  const rss = await memoryMb(daemon.pid ?? 0, 'VmRSS');
  console.log(`# RSS ${settleSeconds} s after start: ${rss.toFixed(1)} MB (aim <= 60)`);
  await stop(daemon);
} finally {
  bed.close();
}

/** Asks for one address every 2 ms and tells, in milliseconds since 1970, when the first answer came. */
function askUntilAnswered(address: string): { asking: Promise<void>; answered: Promise<number> } {
  const program = [process.execPath, join(import.meta.dir, 'first-answer.ts'), 'eth0', address];
  const child = spawn('ip', ['netns', 'exec', bed.asker, ...program], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines: ((text: string) => void)[] = [];
  const line = () => new Promise<string>((resolve) => lines.push(resolve));
  const asking = line().then(() => {});
  const answered = line().then(Number);
  child.stdout.on('data', (data: Buffer) => {
    for (const text of String(data).trim().split('\n')) lines.shift()?.(text);
  });
  return { asking, answered };
}
