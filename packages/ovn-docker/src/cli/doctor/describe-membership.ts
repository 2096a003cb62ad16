import type { CloudConfig } from '@ovn-docker/openstack';
import { readVmCertificate, renewalOf } from '../../clients/broker/vm-certificate.ts';
import type { Access } from '../../clients/neutron/cloud.ts';
import type { CheckResult, Warning } from '../checklist/check.ts';

/** The share of a certificate's life for which a renewal may fail before doctor warns of it. */
const TOLERATED = 0.1;

const HOUR_MS = 3_600_000;

/**
 * The VM's certificate, which the broker has just accepted, and whether the agent renews it in time.
 * @throws OvnDockerError `E_CERTIFICATE`
 */
export async function describeMembership(
  { certFile = '', keyFile, authUrl }: Pick<CloudConfig, 'certFile' | 'keyFile' | 'authUrl'>,
  { projectId, vm }: Pick<Access, 'projectId' | 'vm'>,
  now = Date.now(),
): Promise<CheckResult> {
  const certificate = await readVmCertificate(certFile);
  const [from, until] = [certificate.notBefore.getTime(), certificate.notAfter.getTime()];
  const renewal = renewalOf(certificate);
  const facts = [
    `certificate ${certFile} of the VM with port ${vm?.vif_id}, accepted by the broker ${authUrl}`,
    `project ${projectId}, ${networksOf(vm)}; no OpenStack credential in this VM`,
    `the certificate expires in ${inWords(until - now)}; ${renewerOf(keyFile)} renews it from ${renewal.toISOString()} on`,
  ];
  if (now < renewal.getTime() + (until - from) * TOLERATED) return { facts };
  const message = `the certificate should have been renewed by now, and expires at ${certificate.notAfter.toISOString()}; then no container starts without a warm NIC`;
  const hint =
    keyFile === undefined
      ? '`journalctl -u ovn-docker` says why the agent could not renew it; after its end, join again with a new invitation'
      : `renew it with the program that wrote ${certFile}: with a separate key, the agent does not`;
  return { facts, warnings: [{ message, hint }] satisfies Warning[] };
}

function networksOf(vm: Access['vm']): string {
  const { networks = null } = vm ?? {};
  return networks === null ? 'all of its networks' : `${networks.length} networks`;
}

function renewerOf(keyFile: string | undefined): string {
  return keyFile === undefined ? 'the agent' : 'another program';
}

function inWords(milliseconds: number): string {
  const hours = Math.floor(milliseconds / HOUR_MS);
  return hours >= 48 ? `${Math.floor(hours / 24)} days` : `${hours} hours`;
}
