import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { clientOf } from '../access/client.ts';
import { type Answer, errorBody, NeutronFailure } from '../cloud/neutron-api.ts';
import { BrokerError, Hidden, Refusal } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Vm } from '../policy/vm.ts';
import { admit, type BrokerContext, type Env, type Gate, socketOf } from './admit.ts';
import { findAllowed } from './allowed-requests.ts';
import { Audit } from './audit.ts';
import type { Backend } from './call.ts';
import { type Certified, join, type Registrar, renew } from './identity-requests.ts';

/** What the broker's API needs. */
export interface Services extends Gate {
  readonly registrar: Registrar;
  readonly backend: Backend;
  /** The URL by which VMs reach the broker. */
  readonly url: string;
  readonly log: Log;
}

/** Longest body in bytes: a bulk request of a thousand ports has half of it. */
const LONGEST_BODY = 2 ** 20;
/** When a client should try again after a failure of the broker itself, in seconds. */
const PAUSE_S = 5;
const API = '/v2.0';

/** The API that VMs use: Neutron's below `/v2.0`, the broker's own below `/v1`. */
export function brokerApp(services: Services): Hono<Env> {
  const audit = new Audit(services.log);
  // The path exactly as the client sent it: URL would resolve `%2e%2e`.
  const app = new Hono<Env>({
    getPath: (request, options) => pathOf(options?.env?.incoming.url ?? new URL(request.url).pathname),
  });
  app.use(admit(services));
  app.use(limitBody(audit));
  app.onError((error, context) => answerError(error, context, services.log, audit));

  app.get('/healthz', (context) => context.json({ status: 'ok' }));
  app.get('/readyz', async (context) => {
    await services.backend.api.projectId();
    return context.json({ status: 'ready' });
  });
  app.post('/v1/join', async (context) => {
    const { sender } = context.var;
    const { answer, invitation } = await join(services.registrar, await jsonOf(context), sender.address);
    sender.vm = invitation.vif_id;
    sender.invitation = invitation.id;
    return certify(context, audit, 'joined', answer);
  });
  app.post('/v1/renew', async (context) => {
    const answer = await renew(services.registrar, await jsonOf(context), context.var.vm);
    return certify(context, audit, 'renewed', answer);
  });
  app.get('/v1/vm', (context) => context.json(describe(context.var.vm, context)));
  app.all(`${API}/*`, async (context) => send(context, await passOn(context, services, audit)));
  app.notFound((context) =>
    context.json(errorBody('HTTPNotFound', 'The resource could not be found.') as object, 404),
  );
  return app;
}

async function passOn(context: BrokerContext, { backend, url }: Services, audit: Audit): Promise<Answer> {
  const { method, path } = context.req;
  const { vm } = context.var;
  const found = findAllowed(method, path.slice(API.length), vm.invitation.project_id);
  if (found === undefined) throw new Refusal('request', `a VM may not send ${method} ${path.slice(0, 300)}`);
  const { request, id } = found;
  if (request.forNetworks && !vm.invitation.with_networks) {
    throw new Refusal('networks', 'this VM may not create or delete networks');
  }
  const call = {
    vm,
    id,
    query: new URL(context.req.url).searchParams,
    url: url + path,
    body: () => jsonOf(context),
    passed: passedHeaders(context),
  };
  const isChange = method !== 'GET';
  const note = ({ status, headers }: Answer) => {
    const requestId = headers['x-openstack-request-id'] ?? call.passed.requestId;
    if (isChange) audit.changed(context.var.sender, { status, requestId });
  };
  try {
    const answer = await request.run(call, backend);
    note(answer);
    return answer;
  } catch (error) {
    if (error instanceof NeutronFailure) note(error.answer);
    throw error;
  }
}

/** Neutron logs the agent's request id too; a revision must be one, because nothing else may pass. */
function passedHeaders(context: BrokerContext) {
  const ifMatch = context.req.header('if-match');
  const requestId = context.req.header('x-openstack-request-id');
  return {
    ifMatch: /^revision_number=\d{1,18}$/.test(ifMatch ?? '') ? ifMatch : undefined,
    requestId: /^req-[0-9a-f-]{36}$/.test(requestId ?? '') ? requestId : undefined,
  };
}

function describe(vm: Vm, context: BrokerContext): Record<string, unknown> {
  const { networks, project_id } = vm.invitation;
  const { expiresAt } = clientOf(socketOf(context));
  return { vif_id: vm.id, project_id, networks, expires_at: new Date(expiresAt).toISOString() };
}

function certify(
  context: BrokerContext,
  audit: Audit,
  kind: 'joined' | 'renewed',
  answer: Certified,
): Response {
  audit.certified(context.var.sender, kind, answer.expires_at);
  return context.json(answer, kind === 'joined' ? 201 : 200);
}

function answerError(error: Error, context: BrokerContext, log: Log, audit: Audit): Response {
  const { sender } = context.var;
  if (error instanceof NeutronFailure) return send(context, error.answer);
  if (error instanceof Hidden) {
    audit.refused(sender, 'hidden', error.message);
    return send(context, { status: 404, headers: {}, body: errorBody(error.type, error.message) });
  }
  if (error instanceof Refusal) {
    audit.refused(sender, error.rule, error.message);
    const { status, type, message, hint, retryAfter } = error;
    const headers = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) };
    return send(context, { status, headers, body: errorBody(type, message, hint) });
  }
  if (error instanceof BrokerError) {
    log.error({ ...sender, code: error.code, error: error.message }, 'the broker cannot answer');
    const message = 'The broker cannot work at the moment. Its operator finds the reason in its log.';
    const body = errorBody('ServiceUnavailable', message);
    return send(context, { status: 503, headers: { 'retry-after': String(PAUSE_S) }, body });
  }
  log.error(
    { ...sender, error: error.stack ?? error.message },
    'unexpected error: this is a bug of the broker',
  );
  const message = 'The broker failed. Its log says why; please report it as a bug of ovn-docker.';
  return send(context, { status: 500, headers: {}, body: errorBody('HTTPInternalServerError', message) });
}

function send(context: BrokerContext, { status, headers, body }: Answer): Response {
  for (const [name, value] of Object.entries(headers)) context.header(name, value);
  if (body === undefined) return context.body(null, 204);
  return context.json(body as object, status as ContentfulStatusCode);
}

function limitBody(audit: Audit) {
  return bodyLimit({
    maxSize: LONGEST_BODY,
    onError: (context: BrokerContext) => {
      const error = new Refusal('body size', `the body has more than ${LONGEST_BODY} bytes`);
      audit.refused(context.var.sender, error.rule, error.message);
      // The rest of the body stays unread, so the connection cannot be reused.
      context.header('Connection', 'close');
      const { type, message, hint } = error;
      return context.json(errorBody(type, message, hint) as object, 413);
    },
  });
}

async function jsonOf(context: BrokerContext): Promise<unknown> {
  const text = await context.req.text();
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal('body', 'the body is not JSON');
  }
}

function pathOf(target: string): string {
  return target.split('?', 1)[0] ?? '';
}
