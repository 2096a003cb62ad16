import { z } from 'zod';
import { OvnDockerError } from '../../errors.ts';
import type { HealthView } from '../../health/types.ts';

const texts = z.array(z.string());

/** What the table shows of a NIC. */
const nic = z.looseObject({
  network: z.string(),
  addresses: texts,
  portStatus: z.string().optional(),
  carrier: z.boolean(),
  gateways: z.array(z.looseObject({ address: z.string(), answered: z.string().optional() })),
  probe: z.looseObject({ probe: z.string(), passed: z.boolean().optional() }).optional(),
});

const container = z.looseObject({
  id: z.string(),
  name: z.string(),
  verdict: z.enum(['good', 'starting', 'faulty', 'stopped']),
  since: z.string(),
  faults: texts,
  state: z.string(),
  dockerHealth: z.string().optional(),
  nics: z.array(nic),
});

const view = z.looseObject({
  ready: z.boolean(),
  reasons: texts,
  notes: texts,
  containers: z.array(container),
});

/**
 * The answer of a VM, as far as the table needs it: a VM with another version, or with an attacker in it,
 * must not hide the other VMs.
 * @throws OvnDockerError `E_VERSION`
 */
export function readHealth(answer: unknown): HealthView {
  const { success, error } = view.safeParse(answer);
  if (success) return answer as HealthView;
  const [issue] = error.issues;
  const place = issue?.path.join('.') || 'the answer';
  throw new OvnDockerError('E_VERSION', `this VM's health cannot be read: ${place}: ${issue?.message}`);
}
