// A frame that was heard or sent, as it is shown. Fields are only ever added.

/** What a capture handle says of the frame that it gave last. */
export interface FrameStamp {
  /** Length on the wire, which may be more than was captured. */
  readonly wireLength: number;
  /** When the kernel saw it: seconds since 1970, and microseconds of that second. */
  readonly seconds: number;
  readonly microseconds: number;
}

export interface TrafficFrame {
  /** Counts the frames of this interface, from 1. */
  readonly sequence: number;
  /** RFC 3339 in UTC with microseconds: when the kernel saw it, or when it had been sent. */
  readonly time: string;
  readonly interface: string;
  readonly direction: 'in' | 'out';
  /** Null: the frame could not be read, and so are the five below. */
  readonly protocol: 'ARP' | 'NDP' | null;
  /** The same words for both: a Neighbor Solicitation is a `request` or a `probe`, an unsolicited one an `announcement`. */
  readonly operation: 'request' | 'probe' | 'reply' | 'announcement' | null;
  /** The address that it is about: who is asked for, or who speaks. */
  readonly ip: string | null;
  readonly sender: string | null;
  /** What the packet itself says; `source` is what the frame came from. */
  readonly senderMac: string | null;
  readonly target: string | null;
  /** `duplicate`: somebody else claims an address of ours. `ours`: we sent it. */
  readonly verdict: 'answered' | 'duplicate' | 'ignored' | 'ours';
  /** Why: the drop reason, or what we sent it for. */
  readonly reason: string;
  /** Ethernet addresses. */
  readonly source: string;
  readonly destination: string;
  /** VLAN of a tagged frame, which is never answered; null without a tag. */
  readonly vlan: number | null;
  /** Bytes on the wire, without the checksum. */
  readonly length: number;
  /** Of an answer: from the kernel's stamp on the question until the answer had been sent; at most 0.26. */
  readonly latencySeconds: number | null;
}

export interface TrafficQuery {
  /** `next` of an earlier page; a plain sequence number counts for every interface; null: the newest frames. */
  readonly after: string | null;
  /** Frames in the page. */
  readonly limit: number;
  /** Of more than `limit` frames behind `after` the newest ones: for whoever looks, and need not have everything. */
  readonly newest?: boolean;
  readonly test: (frame: TrafficFrame) => boolean;
}

/** How many frames of an interface. */
export interface FrameCount {
  readonly interface: string;
  readonly frames: number;
}

export interface TrafficPage {
  /** Oldest first. */
  readonly frames: readonly TrafficFrame[];
  /** Where the next page begins. */
  readonly next: string;
  /** Frames between `after` and `next` that were overwritten before they were read, by interface. */
  readonly lost: readonly FrameCount[];
  /** Frames that were passed over because the newest were asked for, by interface. */
  readonly skipped: readonly FrameCount[];
  /** Frames that the kernel had no room for, since each interface was opened: nobody saw what they were. */
  readonly kernelDrops: readonly FrameCount[];
}
