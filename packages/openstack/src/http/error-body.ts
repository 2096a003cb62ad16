/** The contents of an error answer of any service. */
export interface ErrorBody {
  /** `NeutronError.type`; '' for other shapes. */
  readonly type: string;
  readonly reason: string;
  readonly detail?: string;
  /** Whether the body is JSON, as every service sends it, rather than a proxy's page. */
  readonly isFromService: boolean;
}

type JsonObject = Readonly<Record<string, unknown>>;

/**
 * Parses the four shapes of error bodies: `{NeutronError: {type, message, detail}}`; `{error: {code, title,
 * message}}` of Keystone and keystonemiddleware; `{message, code, title}` of webob; no body. For anything
 * else, such as a proxy's page, the reason is its text.
 */
export function parseErrorBody(text: string): ErrorBody {
  const json = parseObject(text);
  if (json === undefined) return { type: '', reason: plainText(text), isFromService: false };

  const neutron = objectAt(json, 'NeutronError');
  if (neutron !== undefined) {
    const detail = stringAt(neutron, 'detail');
    const type = stringAt(neutron, 'type');
    const body = { type, reason: stringAt(neutron, 'message'), isFromService: true };
    return detail === '' ? body : { ...body, detail };
  }
  const source = objectAt(json, 'error') ?? json;
  const reason = plainText(stringAt(source, 'message')) || stringAt(source, 'title');
  return { type: '', reason: reason || 'no reason given', isFromService: true };
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

/** Returns the text of an HTML page, or of a text with <br/>, on one line and cut at 300 characters. */
function plainText(text: string): string {
  const words = text
    .replace(/<(style|script|title)[^>]*>.*?<\/\1>/gis, ' ')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  if (words === '') return 'no reason given';
  return words.length > 300 ? `${words.slice(0, 300)}…` : words;
}
