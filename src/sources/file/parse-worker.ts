// Worker entry: reads and parses manifest files, and hands the result over in slices, one for each request.
import { type FileInput, type Step, stepsOf, type WorkerAnswer, type WorkerRequest } from './steps.ts';
import { sliceSize } from './turn.ts';

declare const self: Worker;

let steps: Iterator<Step, void, undefined> | undefined;

self.onmessage = (event: MessageEvent<WorkerRequest>) => {
  const request = event.data;
  if ('inputs' in request) steps = everyStep(request.inputs);
  const answer = nextSlice();
  self.postMessage(answer);
};

function* everyStep(inputs: readonly FileInput[]): Generator<Step, void, undefined> {
  for (const input of inputs) yield* stepsOf(input);
}

function nextSlice(): WorkerAnswer {
  const slice: Step[] = [];
  try {
    while (slice.length < sliceSize) {
      const next = steps?.next();
      if (!next || next.done) return { steps: slice, done: true };
      slice.push(next.value);
    }
    return { steps: slice, done: false };
  } catch (error) {
    return { fault: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
