import type { Target } from './target.ts';

/** A VLAN tag: EtherType and VLAN. */
type Tag = readonly [type: number, vlan: number];

/** One kind of frame that root of a VM can send. */
export interface Probe {
  readonly name: string;
  /** Whether OVN must deliver it, or must drop it. */
  readonly mustArrive?: true;
  /**
   * @param own VLAN of a container of the sending VM; @param free VLANs that no container has in the other
   */
  tags(own: number, free: (index: number) => number): readonly Tag[];
}

const DOT1Q = 0x8100;
const DOT1AD = 0x88a8;

/**
 * The frames in the order of sending. Each kind with two tags has an inner VLAN of its own: a cached flow
 * that drops one of them would hide what the next one shows.
 */
export const probes: readonly Probe[] = [
  {
    name: 'two tags, before ordinary frames',
    tags: (own, free) => [
      [DOT1Q, own],
      [DOT1Q, free(0)],
    ],
  },
  { name: 'one tag: ordinary frames', mustArrive: true, tags: (own) => [[DOT1Q, own]] },
  {
    name: 'two tags, after ordinary frames',
    tags: (own, free) => [
      [DOT1Q, own],
      [DOT1Q, free(1)],
    ],
  },
  {
    name: 'a tag and a service tag inside',
    tags: (own, free) => [
      [DOT1Q, own],
      [DOT1AD, free(2)],
    ],
  },
  {
    name: 'a service tag and a tag inside',
    tags: (own, free) => [
      [DOT1AD, own],
      [DOT1Q, free(3)],
    ],
  },
  {
    name: 'VID 0 and a tag inside',
    tags: (_, free) => [
      [DOT1Q, 0],
      [DOT1Q, free(4)],
    ],
  },
  {
    name: 'three tags',
    tags: (own, free) => [
      [DOT1Q, own],
      [DOT1Q, free(5)],
      [DOT1Q, free(6)],
    ],
  },
];

/** The number of frames of each kind, enough to find a cached flow. */
export const COPIES = 16;

/** Who sends: a container port of the sending VM. */
export interface Source {
  readonly mac: string;
  readonly ipv4: string;
  readonly vlan: number;
}

const MAGIC = Buffer.from('ovn-docker');
/** Number of the frame that ends a test, an ordinary one. */
const END = 255;

/**
 * An ARP reply in which the source announces its own address to the target's MAC address: no security group
 * filters ARP, and port security lets it pass. The bytes after the ARP packet, which are padding to all
 * others, name the test and the kind of frame.
 */
function frame(source: Source, target: Target, tags: readonly Tag[], kind: number): Buffer {
  const sender = Buffer.concat([macBytes(source.mac), Buffer.from(source.ipv4.split('.').map(Number))]);
  return Buffer.concat([
    macBytes(target.mac),
    macBytes(source.mac),
    ...tags.map((tag) => words(...tag)),
    words(0x0806, 1, 0x0800, 0x0604, 2),
    sender,
    sender,
    MAGIC,
    Buffer.from(target.nonce, 'hex'),
    Buffer.of(kind),
    Buffer.alloc(3),
  ]);
}

export function probeFrame(source: Source, target: Target, index: number): Buffer {
  const tags = probes[index]?.tags(source.vlan, (offset) => target.vlan + offset) ?? [];
  return frame(source, target, tags, index);
}

export function endFrame(source: Source, target: Target): Buffer {
  return frame(source, target, [[DOT1Q, source.vlan]], END);
}

/** The index of the probe that a received frame belongs to, `end`, or undefined for a frame of others. */
export function kindOf(received: Buffer, { nonce }: Target): number | 'end' | undefined {
  const at = received.indexOf(Buffer.concat([MAGIC, Buffer.from(nonce, 'hex')]));
  const kind = at < 0 ? undefined : received[at + MAGIC.length + 4];
  if (kind === END) return 'end';
  return kind !== undefined && kind < probes.length ? kind : undefined;
}

const macBytes = (text: string): Buffer => Buffer.from(text.replaceAll(':', ''), 'hex');

function words(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(2 * values.length);
  for (const [index, value] of values.entries()) bytes.writeUInt16BE(value, 2 * index);
  return bytes;
}
