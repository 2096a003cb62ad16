import { OvnDockerError } from '../../errors.ts';

/** What the sending VM must know of the receiving one. */
export interface Target {
  /** MAC address of the receiving VM's own port. */
  readonly mac: string;
  /** The first of {@link FREE_VLANS} VLANs in a row that no container of the receiving VM has. */
  readonly vlan: number;
  /** Eight hexadecimal digits that tell the frames of this test from those of others. */
  readonly nonce: string;
}

/** The number of VLANs that the frames of one test name; each kind of frame has its own. */
export const FREE_VLANS = 8;

const TARGET = /^((?:[0-9a-f]{2}:){5}[0-9a-f]{2}),(\d{1,4}),([0-9a-f]{8})$/;

/** Writes a target as one word. */
export const formatTarget = ({ mac, vlan, nonce }: Target): string => `${mac},${vlan},${nonce}`;

/** @throws OvnDockerError `E_USAGE` when `isolation receive` did not print the text */
export function parseTarget(text: string): Target {
  const [, mac = '', digits = '', nonce = ''] = TARGET.exec(text.trim().toLowerCase()) ?? [];
  const vlan = Number(digits);
  if (mac !== '' && vlan >= 1 && vlan + FREE_VLANS - 1 <= 4094) return { mac, vlan, nonce };
  throw new OvnDockerError('E_USAGE', `${JSON.stringify(text)} is no target`, {
    hint: 'run `ovn-docker isolation receive` in the other VM; it prints the target',
  });
}

/**
 * The highest VLANs in a row that are free, so that no container gets the frames of the test.
 * @throws OvnDockerError `E_VLANS_EXHAUSTED`
 */
export function freeVlans(used: ReadonlySet<number>): number {
  for (let vlan = 4095 - FREE_VLANS; vlan >= 1; vlan--) {
    const row = Array.from({ length: FREE_VLANS }, (_, index) => vlan + index);
    if (row.every((candidate) => !used.has(candidate))) return vlan;
  }
  throw new OvnDockerError('E_VLANS_EXHAUSTED', `this VM has no ${FREE_VLANS} free VLANs in a row`);
}
