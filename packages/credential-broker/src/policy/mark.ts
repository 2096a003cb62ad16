/** Parts of a port or network that can carry a mark. */
export interface Marked {
  readonly tags?: readonly string[] | undefined;
  readonly description?: string | undefined;
}

const MARK = 'ovn-docker:vif=';

/** The mark of a VM: a Neutron tag of its ports, or their description where Neutron drops new ports' tags. */
export function markOf(vifId: string): string {
  return MARK + vifId;
}

/** Every description that carries the VM's mark; the second is that of a port which may join a warm pool. */
export function markedDescriptions(vifId: string): readonly string[] {
  return [markOf(vifId), `${markOf(vifId)}:plain`];
}

/** Whether a port carries the VM's mark. */
export function carriesMark({ tags = [], description = '' }: Marked, vifId: string): boolean {
  return tags.includes(markOf(vifId)) || markedDescriptions(vifId).includes(description);
}

/** Whether a tag is the mark of a VM, this one or another. */
export function isMark(tag: string): boolean {
  return tag.startsWith(MARK);
}
