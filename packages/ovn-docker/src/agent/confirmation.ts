import { asOvnDockerError, OvnDockerError } from '../errors.ts';
import type { Engine } from '../nics/engine.ts';
import { warn } from '../observe/warnings.ts';
import type { Vm } from '../vm/vm.ts';
import { forgetVm, type ParentIdentity } from '../vm/vm-record.ts';
import { type Confirmed, confirmNics } from './confirm-nics.ts';
import { markVlans } from './establish-vm.ts';
import { notifySystemd } from './notify-systemd.ts';

/** What Neutron says about this VM and its NICs. */
interface Answer extends Confirmed {
  readonly identity: ParentIdentity;
}

/** An agent that knows its VM only from the VM's switch. */
interface Unconfirmed {
  readonly engine: Engine;
  readonly vm: Vm;
  /** Why Neutron did not answer. */
  readonly error: OvnDockerError;
  readonly ask: () => Promise<Answer>;
  /** Called when the VM's own port or the way of connecting ports is another one by now. */
  readonly onOtherVm: () => void;
}

/** What Neutron has to confirm: `recalled` are the ids of the NICs that the switch showed. */
type Missing = Unconfirmed & { readonly recalled: ReadonlySet<string> };

/**
 * Whether Neutron has confirmed what the agent knows. It has, unless {@link begin} was called: then the agent
 * works with the records of an earlier one, and makes nothing new before {@link complete} has succeeded.
 */
export class Confirmation {
  #missing: Missing | undefined;
  #reason: string | undefined;
  #asking: Promise<void> | undefined;

  /** Why Neutron has not confirmed; undefined when it has. */
  get reason(): string | undefined {
    return this.#reason;
  }

  begin(unconfirmed: Unconfirmed): void {
    const { engine, error } = unconfirmed;
    const recalled = new Set(engine.nics.all().map(({ id }) => id));
    this.#missing = { ...unconfirmed, recalled };
    this.#reason = error.message;
    warn(engine.log, 'Neutron does not answer: the agent works with what the VM’s switch has recorded', {
      reason: error.message,
      nics: recalled.size,
    });
  }

  /** Asks Neutron, if it has not confirmed yet. Simultaneous calls share one question. */
  complete(): Promise<void> {
    if (!this.#missing) return Promise.resolve();
    this.#asking ??= this.#ask(this.#missing).finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  async #ask({ engine, vm, ask, onOtherVm, recalled }: Missing): Promise<void> {
    let answer: Answer;
    try {
      answer = await ask();
    } catch (error) {
      this.#reason = asOvnDockerError(error).message;
      throw error;
    }
    const { vifId, mode } = answer.identity;
    if (vifId !== vm.vifId || mode !== vm.parentLinks.mode) {
      const now = `port ${vifId} in mode ${mode}`;
      warn(engine.log, 'the VM’s own port is not the recorded one: the agent begins a new life', { now });
      await forgetVm(vm.vmSwitch);
      onOtherVm();
      throw new OvnDockerError('E_VIF_NOT_THIS_VM', 'the agent had recorded another port as the VM’s own');
    }
    markVlans(vm, answer.nics, answer.children);
    const lost = confirmNics(engine, vm, answer, recalled);
    this.#missing = undefined;
    this.#reason = undefined;
    engine.log.info({ nics: answer.nics.length }, 'Neutron answers, and has confirmed the NICs');
    void notifySystemd(engine.log, { status: 'serving' });
    await lost.catch((error: unknown) => engine.log.warn({ err: error }, 'could not remove a NIC'));
  }
}
