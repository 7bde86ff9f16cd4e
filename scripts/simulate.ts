// `npm run simulate -- [--schedules N] [--seed S] [--jobs J] [--mutations]`: plays schedules of faults against the election,
// from the seed on, in J processes. A failing one is cut down and printed, with what repeats it. `--mutations`: every broken
// state machine must fail.
import { parseArgs } from 'node:util';
import { runAgreement } from '../test/simulation/agreement.ts';
import { brokenBoxes } from '../test/simulation/broken-boxes.ts';
import { found } from '../test/simulation/found.ts';
import { mutations } from '../test/simulation/mutations.ts';
import { makePlan } from '../test/simulation/plan.ts';
import { regressions } from '../test/simulation/regressions.ts';
import { faithful, runPlan } from '../test/simulation/run-plan.ts';
import { shrink } from '../test/simulation/shrink.ts';
import type { Behaviour } from '../test/simulation/sim-box.ts';

const { values } = parseArgs({
  options: {
    schedules: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    jobs: { type: 'string', default: '1' },
    mutations: { type: 'boolean', default: false },
  },
});
const schedules = Number(values.schedules);
const firstSeed = Number(values.seed);
const jobs = Number(values.jobs);
/** One schedule about addresses for so many about leaders: they take longer, and there is less that can happen. */
const agreementShare = 20;
/** Milliseconds between lines that say how far it is. */
const everyMs = 10_000;

/** The first seed that fails, or null. */
function firstFailure(behaviour: Behaviour, tell: (done: number) => void): number | null {
  for (let i = 0; i < schedules; i++) {
    if (runPlan(makePlan(firstSeed + i), behaviour).violation) return firstSeed + i;
    tell(i + 1);
  }
  return null;
}

function explain(seed: number): void {
  const fails = (plan: Parameters<typeof runPlan>[0]) => runPlan(plan).violation?.rule ?? null;
  const small = shrink(makePlan(seed), fails);
  console.error(`simulate: seed ${seed}: ${runPlan(makePlan(seed)).violation?.message}`);
  console.error(`simulate: cut down: ${runPlan(small).violation?.message}\n${JSON.stringify(small)}`);
  console.error(`simulate: again with: npm run simulate -- --schedules 1 --seed ${seed}`);
}

function simulate(): boolean {
  for (const { mutation, plan } of regressions) {
    const { violation } = runPlan(plan);
    if (!violation) continue;
    console.error(`simulate: what "${mutation}" broke is broken again: ${violation.message}`);
    return false;
  }
  for (const { fault, plan } of found) {
    const { violation } = runPlan(plan);
    if (!violation) continue;
    console.error(`simulate: once more, ${fault}: ${violation.message}`);
    return false;
  }
  const startMs = performance.now();
  let toldMs = startMs;
  const seed = firstFailure(faithful, (done) => {
    const nowMs = performance.now();
    if (nowMs - toldMs < everyMs) return;
    toldMs = nowMs;
    console.log(`simulate: ${done} of ${schedules}, ${((done * 1000) / (nowMs - startMs)).toFixed(0)} a second`);
  });
  if (seed !== null) {
    explain(seed);
    return false;
  }
  const { user, system } = process.cpuUsage();
  for (let i = 0; i < schedules / agreementShare; i++) {
    const wrong = runAgreement(firstSeed + i);
    if (wrong === null) continue;
    console.error(`simulate: agreement on addresses, seed ${firstSeed + i}: ${wrong}`);
    return false;
  }
  const perSecond = (schedules * 1_000_000) / (user + system);
  console.log(
    `simulate: ${schedules} schedules from seed ${firstSeed}, nothing wrong (${perSecond.toFixed(0)} a second of CPU)`,
  );
  return true;
}

/** The same schedules, a part of them in each process. */
async function simulateInParts(): Promise<boolean> {
  const part = Math.ceil(schedules / jobs);
  const codes = Array.from({ length: jobs }, (_, i) => {
    const count = Math.min(part, schedules - i * part);
    const options = ['--schedules', String(count), '--seed', String(firstSeed + i * part)];
    return Bun.spawn([process.execPath, import.meta.path, ...options], { stdio: ['ignore', 'inherit', 'inherit'] })
      .exited;
  });
  return (await Promise.all(codes)).every((code) => code === 0);
}

function checkMutations(): boolean {
  let isEveryOneCaught = true;
  for (const { name, behaviour } of mutations) {
    const seed = firstFailure(behaviour, () => {});
    if (seed === null) isEveryOneCaught = false;
    const outcome = seed === null ? null : runPlan(makePlan(seed), behaviour).violation;
    console.log(seed === null ? `MISSED  ${name}` : `caught  ${name}: seed ${seed}, ${outcome?.rule}`);
  }
  for (const { name, makeBox } of brokenBoxes) {
    let seed = firstSeed;
    const endSeed = firstSeed + schedules / agreementShare;
    while (seed < endSeed && runAgreement(seed, makeBox) === null) seed++;
    if (seed >= endSeed) isEveryOneCaught = false;
    console.log(seed >= endSeed ? `MISSED  ${name}` : `caught  ${name}: seed ${seed}, agreement on addresses`);
  }
  return isEveryOneCaught;
}

function isFine(): boolean | Promise<boolean> {
  if (values.mutations) return checkMutations();
  return jobs > 1 ? simulateInParts() : simulate();
}

process.exit((await isFine()) ? 0 : 1);
