/** What a credential that `credential create` made is for. Keystone stores it in the description. */
export interface CredentialUse {
  /** The VM's own port. */
  readonly vifId: string;
  readonly trunkId: string | undefined;
}

const DESCRIPTION = /^ovn-docker: agent of the VM with port (\S+?)(?:, trunk (\S+))?$/;

/** The description of the credential. */
export function describeUse({ vifId, trunkId }: CredentialUse): string {
  const trunk = trunkId === undefined ? '' : `, trunk ${trunkId}`;
  return `ovn-docker: agent of the VM with port ${vifId}${trunk}`;
}

/** Undefined for the description of any other credential. */
export function readUse(description: string | null | undefined): CredentialUse | undefined {
  const [, vifId, trunkId] = DESCRIPTION.exec(description ?? '') ?? [];
  return vifId === undefined ? undefined : { vifId, trunkId };
}
