import { invalid } from '../errors.ts';
import { ipv4Bytes, ipv4Text, ipv6Bytes, ipv6Text, macBytes, macText } from './addresses.ts';
import { type FieldName, fields } from './fields.ts';

type Value = number | bigint | string;

/**
 * Encodes a field's value or mask. @throws OpenFlowError `OPENFLOW_INVALID` when it does not fit the field
 */
export function encodeValue(name: FieldName, value: Value): Buffer {
  const { bytes, kind } = fields[name];
  try {
    if (kind === 'mac') return macBytes(String(value));
    if (kind === 'ipv4') return ipv4Bytes(String(value));
    if (kind === 'ipv6') return ipv6Bytes(String(value));
  } catch (cause) {
    throw cause instanceof Error ? invalid(`${name}: ${cause.message}`) : cause;
  }
  const fits =
    typeof value === 'bigint'
      ? value >= 0n
      : typeof value === 'number' && Number.isInteger(value) && value >= 0;
  const digits = fits ? value.toString(16) : '';
  if (!fits || digits.length > bytes * 2) throw invalid(`${name}: ${value} does not fit into ${bytes} bytes`);
  return Buffer.from(digits.padStart(bytes * 2, '0'), 'hex');
}

/** Decodes a field's value or mask from exactly as many bytes as the field has. */
export function decodeValue(name: FieldName, bytes: Buffer): Value {
  const { kind } = fields[name];
  if (kind === 'mac') return macText(bytes);
  if (kind === 'ipv4') return ipv4Text(bytes);
  if (kind === 'ipv6') return ipv6Text(bytes);
  const digits = BigInt(`0x${bytes.toString('hex')}`);
  return kind === 'bigint' ? digits : Number(digits);
}
