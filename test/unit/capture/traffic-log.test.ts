import { describe, expect, test } from 'bun:test';
import { trafficFrame } from '#capture/traffic-frames.ts';
import { TrafficLog } from '#capture/traffic-log.ts';
import type { TrafficFrame } from '#model/traffic-frame.ts';
import type { Link } from '#ports.ts';
import { Purpose } from '#table/traffic-record.ts';
import { createTrafficRing, TrafficReader, TrafficWriter } from '#table/traffic-ring.ts';
import { Verdict } from '#table/verdict.ts';
import { arpFrame, client, fromHex, golden, padded, strangerMac, tagged, vip } from '../../support/frames.ts';
import { advertisementFrame, dadFrame, golden6, goldenProbe6 } from '../../support/neighbor-frames.ts';

const slotBytes = 128;
const second = 1_795_403_219;
/** When frames are sent here. */
const nowUs = (second + 1) * 1e6 + 250;

/** A log, a link without a wire, and what was written down. */
function room() {
  const ring = createTrafficRing();
  const link = {
    frame: new Uint8Array(128).fill(0xa5),
    wireLength: 0,
    seconds: second,
    microseconds: 812_345,
    out: new Uint8Array(slotBytes * 8).fill(0xa5),
    slotBytes,
  };
  const lengths = new Uint16Array(8);
  const log = new TrafficLog(new TrafficWriter(ring), () => nowUs, 8);
  const reader = new TrafficReader(ring);
  return {
    link,
    log,
    hear(bytes: Uint8Array, verdict: Verdict) {
      link.frame.fill(0xa5);
      link.frame.set(bytes);
      link.wireLength = bytes.length;
      log.heard(link as unknown as Link, bytes.length, verdict);
    },
    put(slot: number, hex: string) {
      link.out.set(fromHex(hex), slot * slotBytes);
      lengths[slot] = hex.length / 2;
    },
    send: (count: number, purpose: Purpose) => log.sent(link as unknown as Link, count, lengths, purpose),
    frames(): TrafficFrame[] {
      log.publish();
      const found: TrafficFrame[] = [];
      for (let sequence = 1; sequence <= reader.last(); sequence++) {
        const record = reader.read(sequence);
        if (record) found.push(trafficFrame(record, sequence, 'eth0'));
      }
      return found;
    },
  };
}

function heard(bytes: Uint8Array, verdict: Verdict): TrafficFrame | undefined {
  const { hear, frames } = room();
  hear(bytes, verdict);
  return frames()[0];
}

const question = {
  sequence: 1,
  time: '2026-11-23T03:06:59.812345Z',
  interface: 'eth0',
  direction: 'in',
  protocol: 'ARP',
  operation: 'request',
  ip: '192.0.2.10',
  sender: '192.0.2.200',
  senderMac: '02:00:00:00:00:aa',
  target: '192.0.2.10',
  verdict: 'answered',
  reason: 'replied',
  source: '02:00:00:00:00:aa',
  destination: 'ff:ff:ff:ff:ff:ff',
  vlan: null,
  length: 60,
  latencySeconds: null,
} as const;

describe('what was heard', () => {
  test('a request, with when the kernel saw it', () => {
    expect(heard(fromHex(padded(golden.whoHas)), Verdict.replied)).toEqual(question);
  });

  test('behind a priority tag', () => {
    const { sender, target, ip, vlan } = heard(tagged(arpFrame(), 0x8100, 0x6000), Verdict.replied) ?? {};
    expect([sender, target, ip, vlan]).toEqual(['192.0.2.200', '192.0.2.10', '192.0.2.10', null]);
  });

  test('every operation of ARP, and whom it is about', () => {
    const about = (frame: Uint8Array, verdict: Verdict) => {
      const { operation, ip, verdict: word, reason } = heard(frame, verdict) ?? {};
      return [operation, ip, word, reason];
    };
    expect(about(arpFrame({ sender: 0 }), Verdict.probe_answered)).toEqual([
      'probe',
      '192.0.2.10',
      'answered',
      'probe_answered',
    ]);
    expect(about(arpFrame({ sender: vip }), Verdict.claims_our_vip)).toEqual([
      'announcement',
      '192.0.2.10',
      'duplicate',
      'claims_our_vip',
    ]);
    expect(about(arpFrame({ operation: 2, sender: vip, target: client }), Verdict.claims_our_vip)[0]).toBe('reply');
    expect(about(arpFrame({ operation: 2, sender: vip, target: client }), Verdict.claims_our_vip)[1]).toBe(
      '192.0.2.10',
    );
    expect(about(arpFrame({ operation: 2, sender: vip, target: vip }), Verdict.claims_our_vip)[0]).toBe('announcement');
    expect(about(arpFrame({ target: 0xc000_0263 }), Verdict.not_ours)).toEqual([
      'request',
      '192.0.2.99',
      'ignored',
      'not_ours',
    ]);
  });

  test('a MAC in the packet that is not the one of the frame', () => {
    const { source, senderMac } = heard(arpFrame({ senderMac: strangerMac }), Verdict.not_ours) ?? {};
    expect([source, senderMac]).toEqual(['02:00:00:00:00:aa', '02:00:00:00:00:bb']);
  });

  test('NDP of every kind, with the option or without', () => {
    const about = (frame: Uint8Array, verdict: Verdict) => {
      const { protocol, operation, ip, sender, senderMac } = heard(frame, verdict) ?? {};
      return [protocol, operation, ip, sender, senderMac];
    };
    const six = '2001:db8::10';
    const other = '2001:db8::200';
    const mac = '02:00:00:00:00:aa';
    expect(about(fromHex(golden6.solicitation), Verdict.replied)).toEqual(['NDP', 'request', six, other, mac]);
    expect(about(dadFrame(), Verdict.probe_answered)).toEqual(['NDP', 'probe', six, '::', mac]);
    const advertised = advertisementFrame({ from: '0200000000bb' });
    expect(about(advertised, Verdict.claims_our_vip)).toEqual(['NDP', 'announcement', six, other, '02:00:00:00:00:bb']);
    const solicited = advertisementFrame({ flags: '60000000' });
    expect(about(solicited, Verdict.neighbor_advertisement)).toEqual(['NDP', 'reply', six, other, mac]);
  });

  test('of what could not be read only what the frame itself says, and the VLAN', () => {
    const frame = heard(tagged(arpFrame(), 0x8100, 0x6fff), Verdict.vlan_tagged);
    expect(frame).toMatchObject({
      protocol: null,
      operation: null,
      ip: null,
      sender: null,
      senderMac: null,
      vlan: 0xfff,
    });
    expect(frame).toMatchObject({ source: question.source, verdict: 'ignored', reason: 'vlan_tagged', length: 46 });
    for (const length of [14, 15, 18, 20, 41]) {
      expect(heard(arpFrame().subarray(0, length), Verdict.malformed)).toMatchObject({
        vlan: null,
        length,
        target: null,
      });
    }
    expect(heard(dadFrame(), Verdict.ndp_invalid)).toMatchObject({ protocol: null, reason: 'ndp_invalid' });
  });
});

describe('what was sent', () => {
  test('an answer, with how long it took since the kernel saw the question', () => {
    const { hear, put, send, log, frames } = room();
    hear(fromHex(padded(golden.whoHas)), Verdict.replied);
    log.answered(0);
    put(0, padded(golden.reply));
    send(1, Purpose.answer);
    expect(frames()).toEqual([
      question,
      {
        ...question,
        sequence: 2,
        time: '2026-11-23T03:07:00.000250Z',
        direction: 'out',
        operation: 'reply',
        ip: '192.0.2.10',
        sender: '192.0.2.10',
        senderMac: '02:00:00:00:00:01',
        target: '192.0.2.200',
        verdict: 'ours',
        reason: 'answer',
        source: '02:00:00:00:00:01',
        destination: '02:00:00:00:00:aa',
        latencySeconds: 0.187904,
      },
    ]);
  });

  test('each answer of a batch belongs to its own question, whatever came between', () => {
    const { hear, put, send, log, link, frames } = room();
    for (const [slot, microseconds] of [999_000, 999_900].entries()) {
      link.microseconds = microseconds;
      hear(fromHex(padded(golden.whoHas)), Verdict.replied);
      log.answered(slot);
      hear(arpFrame({ target: 1 }), Verdict.not_ours);
      put(slot, padded(golden.reply));
    }
    send(2, Purpose.answer);
    const answers = frames().filter(({ direction }) => direction === 'out');
    expect(answers.map(({ latencySeconds }) => latencySeconds)).toEqual([0.001248, 0.000348]);
  });

  test('a clock that was set: never below zero, and never more than can be told', () => {
    for (const [seconds, latency] of [
      [second + 9, 0],
      [second - 9, 0.26214],
    ] as const) {
      const { hear, put, send, log, link, frames } = room();
      link.seconds = seconds;
      hear(fromHex(padded(golden.whoHas)), Verdict.replied);
      log.answered(0);
      put(0, padded(golden.reply));
      send(1, Purpose.answer);
      expect(frames()[1]?.latencySeconds).toBe(latency);
    }
  });

  test('announcements, defences and probes of both families, with their length', () => {
    const { put, send, frames } = room();
    put(0, padded(golden.announceRequest));
    put(1, padded(golden.announceReply));
    put(2, golden6.unsolicited);
    send(3, Purpose.announcement);
    put(0, padded(golden.announceRequest));
    send(1, Purpose.defence);
    put(0, goldenProbe6);
    send(1, Purpose.probe);
    send(1, Purpose.self_check);
    expect(frames().map(({ operation, ip, reason, length }) => [operation, ip, reason, length])).toEqual([
      ['announcement', '192.0.2.10', 'announcement', 60],
      ['announcement', '192.0.2.10', 'announcement', 60],
      ['announcement', '2001:db8::10', 'announcement', 86],
      ['announcement', '192.0.2.10', 'defence', 60],
      ['probe', '2001:db8::10', 'probe', 78],
      ['probe', '2001:db8::10', 'self_check', 78],
    ]);
  });

  test('the answer to a probe goes to all, and is an answer', () => {
    const { hear, put, send, log, frames } = room();
    hear(dadFrame(), Verdict.probe_answered);
    log.answered(0);
    put(0, golden6.toProber);
    send(1, Purpose.answer);
    expect(frames()[1]).toMatchObject({ operation: 'reply', reason: 'answer', length: 86 });
  });

  test('nothing that did not leave', () => {
    const { put, send, frames } = room();
    put(0, padded(golden.announceRequest));
    send(0, Purpose.announcement);
    expect(frames()).toEqual([]);
  });
});
