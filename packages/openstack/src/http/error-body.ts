import { concealIn } from './conceal.ts';
import { cut, pageText } from './page-text.ts';

/** Limits in characters: the texts become part of messages and log lines. */
const LONGEST_TYPE = 100;
const LONGEST_REASON = 2000;

/** Limit in characters for a body that is parsed as JSON. No service sends an error of this length. */
const LONGEST_BODY = 2 ** 20;

/** The contents of an error answer of any service. */
export interface ErrorBody {
  /** `NeutronError.type`; '' for other shapes. */
  readonly type: string;
  readonly reason: string;
  readonly detail?: string;
  /** Whether the body is JSON, as every service sends it, rather than a proxy's page. */
  readonly isFromService: boolean;
}

const NO_REASON = 'no reason given';

type JsonObject = Readonly<Record<string, unknown>>;

/**
 * Parses the four shapes of error bodies: `{NeutronError: {type, message, detail}}`; `{error: {code, title,
 * message}}` of Keystone and keystonemiddleware; `{message, code, title}` of webob; no body. For anything
 * else, such as a proxy's page, the reason is its text. Long texts are cut.
 *
 * @param secrets masked in reason and detail
 */
export function parseErrorBody(text: string, secrets: readonly string[] = []): ErrorBody {
  // Secrets are masked before a text is cut, which could leave a half of one.
  const plain = (value: string) => concealIn(value, secrets);
  const json = text.length > LONGEST_BODY ? undefined : parseObject(text);
  if (json === undefined) {
    return { type: '', reason: pageText(plain(text)) || NO_REASON, isFromService: false };
  }
  const neutron = objectAt(json, 'NeutronError');
  if (neutron !== undefined) {
    const detail = cut(plain(stringAt(neutron, 'detail')), LONGEST_REASON);
    const type = cut(stringAt(neutron, 'type'), LONGEST_TYPE);
    const reason = cut(plain(stringAt(neutron, 'message')), LONGEST_REASON);
    return { type, reason, isFromService: true, ...(detail === '' ? {} : { detail }) };
  }
  const source = objectAt(json, 'error') ?? json;
  const message = plain(stringAt(source, 'message'));
  const reason = pageText(message) || cut(plain(stringAt(source, 'title')), LONGEST_REASON);
  return { type: '', reason: reason || NO_REASON, isFromService: true };
}

/**
 * Whether an answer is keystonemiddleware's own 503: the middleware could not validate the token with
 * Keystone, so the call never reached the API behind it.
 */
export function isAuthMiddlewareUnavailable(status: number, text: string): boolean {
  return status === 503 && text.includes('The Keystone service is temporarily unavailable');
}

function parseObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function objectAt(source: JsonObject, key: string): JsonObject | undefined {
  const value = source[key];
  return isObject(value) ? value : undefined;
}

function stringAt(source: JsonObject, key: string): string {
  const value = source[key];
  return typeof value === 'string' ? value : '';
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
