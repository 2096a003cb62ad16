import type { Check } from '../checklist/check.ts';
import { bridgeMtuCheck } from './bridge-mtu-check.ts';
import { catalogCheck } from './catalog-check.ts';
import { clockCheck } from './clock-check.ts';
import type { DoctorContext } from './context.ts';
import { credentialCheck } from './credential-check.ts';
import { datapathCheck } from './datapath-check.ts';
import { dockerReleaseCheck } from './docker-release-check.ts';
import { dockerdCheck } from './dockerd-check.ts';
import { extensionsCheck } from './extensions-check.ts';
import { guardCheck } from './guard-check.ts';
import { handlersCheck } from './handlers-check.ts';
import { mtuCheck } from './mtu-check.ts';
import { networkCheck } from './network-check.ts';
import { networkFilesCheck } from './network-files-check.ts';
import { nicsCheck } from './nics-check.ts';
import { rootlessCheck } from './rootless-check.ts';
import { switchCheck } from './switch-check.ts';
import { trunkCheck } from './trunk-check.ts';
import { unitCheck } from './unit-check.ts';
import { vifIdCheck } from './vif-id-check.ts';
import { vlansCheck } from './vlans-check.ts';
import { warmNicCheck } from './warm-nic-check.ts';

/** The checks of doctor, in order. A check may use what earlier checks found. */
export const checks: readonly Check<DoctorContext>[] = [
  handlersCheck,
  bridgeMtuCheck,
  clockCheck,
  credentialCheck,
  catalogCheck,
  extensionsCheck,
  networkCheck,
  vifIdCheck,
  trunkCheck,
  switchCheck,
  networkFilesCheck,
  vlansCheck,
  datapathCheck,
  guardCheck,
  mtuCheck,
  dockerdCheck,
  rootlessCheck,
  dockerReleaseCheck,
  unitCheck,
  nicsCheck,
  warmNicCheck,
];
