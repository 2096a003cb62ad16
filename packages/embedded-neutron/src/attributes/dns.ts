import { neutronError } from '../errors.ts';
import { Invalid, type Parse } from './parse.ts';
import { printed } from './python-text.ts';

const LONGEST = 255;

/** The name of a port: empty, or labels (RFC 1123 section 2.1), converted to lower case. */
export const dnsName: Parse<string> = (value) => {
  const name = lowerCase(value);
  requireLabels(name);
  return name;
};

/** The domain of a network: empty, or labels with a dot at the end, converted to lower case. */
export const dnsDomain: Parse<string> = (value) => {
  const domain = lowerCase(value);
  if (domain === '') return domain;
  if (!domain.endsWith('.')) throw new Invalid(`'${domain}' is not a FQDN`);
  requireLabels(domain);
  if (domain.length > LONGEST - 2) {
    throw new Invalid(
      `'${domain}' contains ${domain.length} characters. Adding a sub-domain will cause it to exceed the ` +
        `maximum length of a FQDN of '${LONGEST}'`,
    );
  }
  return domain;
};

/** @throws NeutronError InvalidInput */
function lowerCase(value: unknown): string {
  if (typeof value === 'string') return value.toLowerCase();
  throw neutronError('InvalidInput', `Input value ${printed(value)} must be string type`);
}

function requireLabels(name: string): void {
  if (name === '') return;
  const trimmed = name.replace(/\.$/, '');
  const refuse = (reason: string) => new Invalid(`'${name}' not a valid PQDN or FQDN. Reason: ${reason}`);
  if (trimmed.length > LONGEST) throw refuse(`'${trimmed}' exceeds the ${LONGEST} character FQDN limit`);
  const labels = trimmed.split('.');
  for (const label of labels) {
    if (label === '') throw refuse('Encountered an empty component');
    if (/^-|-$/.test(label)) throw refuse(`Name '${label}' must not start or end with a hyphen`);
    if (!/^[a-z0-9-]{1,63}$/.test(label)) {
      throw refuse(
        `Name '${label}' must be 1-63 characters long, each of which can only be alphanumeric or a hyphen`,
      );
    }
  }
  // RFC 1123 says that the label of a top-level domain is alphabetic.
  const last = labels.at(-1) ?? '';
  if (labels.length > 1 && /^\d+$/.test(last)) throw refuse(`TLD '${last}' must not be all numeric`);
}
