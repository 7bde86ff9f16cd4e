// The writer of the traffic ring's test: writes without a pause until told to stop.
import { Field, recordWords } from '#table/traffic-record.ts';
import { TrafficWriter } from '#table/traffic-ring.ts';

declare const self: Worker;

self.onmessage = ({ data }: MessageEvent<{ ring: SharedArrayBuffer; stop: Int32Array }>) => {
  const writer = new TrafficWriter(data.ring);
  let number = 0;
  self.postMessage('started');
  while (Atomics.load(data.stop, 0) === 0) {
    for (let i = 0; i < 40; i++) {
      const at = writer.next();
      number++;
      // Every field says the number, so that a torn record shows.
      for (let word = Field.seconds; word < recordWords; word++) writer.words[at + word] = number;
    }
    writer.publish();
  }
  self.postMessage(number);
};
