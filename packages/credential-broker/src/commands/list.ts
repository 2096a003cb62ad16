import type { Config } from '../config.ts';
import { type Invitation, Invitations } from '../records/invitations.ts';

/** What became of an invitation. */
export type State = 'invited' | 'expired' | 'joined' | 'revoked';

/** A line of `list`. */
interface Row extends Omit<Invitation, 'secret_hash'> {
  readonly state: State;
  readonly joined_at: string | null;
  readonly revoked_at: string | null;
}

/** The invitations as a table or as JSON, the oldest first. @throws BrokerError FOLDER_UNUSABLE */
export async function list({ folder }: Config, { json }: { readonly json: boolean }): Promise<string> {
  const invitations = new Invitations(folder);
  const rows = await Promise.all((await invitations.all()).map((each) => describe(invitations, each)));
  if (json) return `${JSON.stringify(rows)}\n`;
  const lines = rows.map((row) => [row.id, row.vif_id, row.state, networksOf(row), sinceOf(row)]);
  return tableOf([['INVITATION', 'VM', 'STATE', 'NETWORKS', 'SINCE'], ...lines]);
}

async function describe(invitations: Invitations, invitation: Invitation): Promise<Row> {
  const { secret_hash: _secret, ...shown } = invitation;
  const [use, revocation] = await Promise.all([
    invitations.joinOf(invitation.id),
    invitations.revocationOf(invitation.id),
  ]);
  const isExpired = Date.parse(invitation.expires_at) <= Date.now();
  const state = revocation ? 'revoked' : use ? 'joined' : isExpired ? 'expired' : 'invited';
  return { ...shown, state, joined_at: use?.at ?? null, revoked_at: revocation?.at ?? null };
}

function networksOf({ networks, with_networks: creates }: Row): string {
  const listed = networks === null ? 'all' : networks.join(',') || 'none';
  return creates ? `${listed} and its own` : listed;
}

function sinceOf({ revoked_at, joined_at, state, expires_at, created_at }: Row): string {
  return revoked_at ?? joined_at ?? (state === 'expired' ? expires_at : created_at);
}

function tableOf(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    row.map((text, column) => text.padEnd(widths[column] ?? 0)).join('  ');
  return rows.map((row) => `${line(row).trimEnd()}\n`).join('');
}
