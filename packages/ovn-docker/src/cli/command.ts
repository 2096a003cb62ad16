import type { Arguments, ArgumentValues, Options, OptionValues } from './options.ts';
import type { Settings } from './settings.ts';

/** One command of `ovn-docker`: a file in commands/ declares it, and commands/index.ts lists it. */
export interface Command<A extends Arguments = Arguments, O extends Options = Options> {
  /** The words after `ovn-docker`, such as `pool fill`. */
  readonly name: string;
  /** The description in `--help`. */
  readonly summary: string;
  /** Whether only root may run it; other users get `E_NOT_ROOT`. */
  readonly needsRoot: boolean;
  /**
   * What the command does when `--host` names another VM: it uses the sockets of that VM, or ssh starts it
   * there, or it refuses. Undefined: it concerns no VM.
   */
  readonly elsewhere?: 'uses sockets' | 'runs there' | 'refuses';
  /** In the order of the command line. */
  readonly arguments?: A;
  readonly options?: O;
  /** Whether unknown options, and everything after the first argument, are arguments as well. */
  readonly passesOptionsThrough?: boolean;
  /** Refuses wrong input before the root check, so that users without root see their mistake. */
  validate?(settings: Settings, input: ArgumentValues<A> & OptionValues<O>): void;
  /**
   * Runs the command. Modules that take long to load are imported inside the action, because every command
   * line loads all declarations. An action that fails without an error sets `process.exitCode`.
   */
  action(settings: Settings, input: ArgumentValues<A> & OptionValues<O>): Promise<void>;
}

/**
 * Declares a command. The types of the action's input follow from the arguments and the options.
 *
 * @example
 * export const poolDrain = defineCommand({
 *   name: 'pool drain',
 *   summary: 'delete the warm NICs of one network or of all',
 *   needsRoot: true,
 *   arguments: { network: optionalArgument('[network]') },
 *   options: { json: flag('--json', 'print JSON') },
 *   async action(settings, { network, json }) {},
 * });
 */
export function defineCommand<
  A extends Arguments = Record<never, never>,
  O extends Options = Record<never, never>,
>(command: Command<A, O>): Command<A, O> {
  return command;
}
