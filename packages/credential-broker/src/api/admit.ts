import type { TLSSocket } from 'node:tls';
import type { HttpBindings } from '@hono/node-server';
import { plainAddress } from '@ovn-docker/http-server';
import type { Context, Next } from 'hono';
import { clientOf } from '../access/client.ts';
import { identify, type Registry } from '../access/identify.ts';
import type { RateLimiter } from '../access/rate-limiter.ts';
import type { Vm } from '../policy/vm.ts';
import type { Sender } from './audit.ts';

/** What decides who may send a request, and how many. */
export interface Gate {
  readonly registrar: Registry;
  /** Limits of each VM. */
  readonly vmLimiter: RateLimiter;
  /** Limits of each address without a valid certificate. */
  readonly strangerLimiter: RateLimiter;
}

/** What each handler knows of its request. */
export type Env = { Bindings: HttpBindings; Variables: { sender: Sender; vm: Vm } };
export type BrokerContext = Context<Env>;

/** Paths that need no certificate; only a VM gets an answer from any other. */
const OPEN_PATHS: ReadonlySet<string> = new Set(['/healthz', '/readyz', '/v1/join']);

/**
 * Lets a request in: counts it in the limits of its sender, and recognises the VM. It comes before all other
 * work, such as reading the body, so that the limits bound all of it.
 */
export function admit({ registrar, vmLimiter, strangerLimiter }: Gate) {
  return async (context: BrokerContext, next: Next): Promise<void> => {
    const { method, path } = context.req;
    const sender: Sender = { address: addressOf(context), method, path };
    context.set('sender', sender);
    if (OPEN_PATHS.has(path)) {
      using _ = strangerLimiter.enter(sender.address);
      return await next();
    }
    const { vifId, invitationId } = nameOf(context, strangerLimiter);
    sender.vm = vifId;
    sender.invitation = invitationId;
    // First by address: a stolen certificate at another address must not use up the limits of the VM.
    using _address = vmLimiter.enter(`${vifId} ${sender.address}`);
    const vm = await identify(socketOf(context), registrar);
    using _vm = vmLimiter.enter(vifId);
    context.set('vm', vm);
    await next();
  };
}

/** @throws Refusal `certificate`, `rate` */
function nameOf(context: BrokerContext, strangerLimiter: RateLimiter) {
  try {
    return clientOf(socketOf(context));
  } catch (error) {
    using _ = strangerLimiter.enter(context.var.sender.address);
    throw error;
  }
}

export function socketOf(context: BrokerContext): TLSSocket {
  return context.env.incoming.socket as TLSSocket;
}

function addressOf(context: BrokerContext): string {
  return plainAddress(socketOf(context).remoteAddress);
}
