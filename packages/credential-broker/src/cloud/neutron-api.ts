import {
  mayHaveTakenEffect,
  OpenStackClientError,
  OpenStackConnectionError,
  OpenStackError,
  type ServiceAnswer,
  type ServiceRequest,
  type Session,
} from '@ovn-docker/openstack';
import { Refusal } from '../errors.ts';

/** A request to Neutron below `/v2.0`. */
export interface NeutronRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Without the version: `/ports`. */
  readonly path: string;
  readonly query?: URLSearchParams;
  readonly body?: unknown;
  /** `revision_number=N`. */
  readonly ifMatch?: string | undefined;
  readonly requestId?: string | undefined;
  /** The number of resources in a bulk request, which takes longer than a single one. */
  readonly items?: number;
}

/** An answer of Neutron, or the broker's own in its place. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** undefined for an answer without a body. */
  readonly body: unknown;
}

/** Seconds after which an agent may ask again, when Neutron or Keystone is away. */
const RETRY_SOON = '1';
/** The same when the broker's operator must act first. */
const RETRY_LATER = '30';
const PER_ITEM_MS = 1000;
const REQUEST_ID = 'x-openstack-request-id';

/** Neutron answers with an error, or does not answer. The error carries the answer for the VM. */
export class NeutronFailure extends Error {
  override readonly name = 'NeutronFailure';
  readonly answer: Answer;

  constructor(answer: Answer, cause: unknown) {
    super((cause as Error).message, { cause });
    this.answer = answer;
  }
}

/**
 * Neutron with the broker's credential. Each request is sent once: the agent repeats it by its own rules,
 * which also find what a lost answer hides. A new token after a 401 is the only exception.
 */
export class NeutronApi {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  /** The id of the credential's project. @throws NeutronFailure */
  async projectId(): Promise<string> {
    try {
      return (await this.#session.token()).project?.id ?? '';
    } catch (error) {
      throw new NeutronFailure(withoutKeystone(error), error);
    }
  }

  /** @throws NeutronFailure, Refusal `credential` */
  async send({ path, query, ifMatch, requestId, items, ...request }: NeutronRequest): Promise<Answer> {
    // Without a token nothing has reached Neutron, whatever Keystone's answer says.
    await this.projectId();
    const headers = {
      ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
      ...(requestId === undefined ? {} : { [REQUEST_ID]: requestId }),
    };
    const call: ServiceRequest = {
      ...request,
      service: 'network',
      path: `/v2.0${path}`,
      headers,
      ...(query === undefined || query.size === 0 ? {} : { query: query.toString() }),
      ...(items === undefined ? {} : { moreTimeMs: items * PER_ITEM_MS }),
    };
    try {
      const answer = await this.#session.request(call);
      return { status: answer.status, headers: passedOn(answer), body: answer.json() };
    } catch (error) {
      if (error instanceof OpenStackError && error.code === 'OPENSTACK_ACCESS_RULES') {
        throw new Refusal('credential', `its credential may not send ${request.method} ${path} to Neutron`);
      }
      if (!(error instanceof OpenStackClientError)) throw error;
      throw new NeutronFailure(answerOf(error), error);
    }
  }
}

/** Whether Neutron itself says that a resource does not exist; a gateway's 404 has no type. */
export function isNotFound({ answer: { status, body } }: NeutronFailure): boolean {
  const type = (body as { readonly NeutronError?: { readonly type?: string } }).NeutronError?.type;
  return status === 404 && type !== '' && type !== undefined;
}

/** A body in the shape of Neutron's errors. */
export function errorBody(type: string, message: string, detail = ''): unknown {
  return { NeutronError: { type, message, detail } };
}

function passedOn({ headers }: ServiceAnswer): Record<string, string> {
  const id = headers[REQUEST_ID];
  return id === undefined ? {} : { [REQUEST_ID]: id };
}

/**
 * The answer for an error of the client. The agent distinguishes three cases by the status: 503 for what
 * Neutron certainly did not get, 504 for what it may still be working on, 502 for what it may have done.
 */
function answerOf(error: OpenStackClientError): Answer {
  if (error instanceof OpenStackError) {
    if (error.status === 401) return refusedCredential();
    if (error.status < 400) return unavailable(502, `Neutron's answer cannot be used: ${error.reason}`);
    return passedError(error);
  }
  if (error instanceof OpenStackConnectionError && mayHaveTakenEffect(error)) {
    const isTimeout = error.code === 'OPENSTACK_TIMEOUT';
    return unavailable(isTimeout ? 504 : 502, 'the broker got no answer from Neutron');
  }
  return unavailable(503, 'the broker cannot reach Neutron', RETRY_SOON);
}

/** Neutron's own error, with the parts that a client reads. */
function passedError({ status, type, reason, detail, requestId, retryAfterMs }: OpenStackError): Answer {
  return {
    status,
    headers: {
      ...(retryAfterMs === undefined ? {} : { 'retry-after': String(Math.ceil(retryAfterMs / 1000)) }),
      ...(requestId === undefined ? {} : { [REQUEST_ID]: requestId }),
    },
    body: errorBody(type, reason, detail),
  };
}

function withoutKeystone(error: unknown): Answer {
  const isRefused = error instanceof OpenStackError && error.status === 401;
  return isRefused
    ? refusedCredential()
    : unavailable(503, 'the broker cannot log in at Keystone', RETRY_SOON);
}

/** A 401 would make the agent look for a new credential, but it has none. */
function refusedCredential(): Answer {
  return unavailable(503, 'Keystone or Neutron refuses the credential of the broker', RETRY_LATER);
}

function unavailable(status: number, message: string, retryAfter?: string): Answer {
  return {
    status,
    headers: retryAfter === undefined ? {} : { 'retry-after': retryAfter },
    body: errorBody('ServiceUnavailable', message),
  };
}
