import { dockerBoolean } from '../../config/docker-boolean.ts';

/**
 * The arguments of `docker run`, parsed as far as ovn-docker needs: it reads network, image and a few
 * options, and passes on the rest unchanged.
 */
export interface DockerRunArguments {
  /** The options before the image, except network options, `--detach` and the terminal options. */
  readonly options: string[];
  readonly image: string | undefined;
  /** The arguments after the image. */
  readonly command: string[];
  /** The value of the last `--net` or `--network`. */
  readonly network: string | undefined;
  readonly detach: boolean;
  /** Options that `docker create` does not accept; they apply to `docker start --attach`. */
  readonly terminal: TerminalOptions;
}

/** docker-run(1): how the container uses the caller's terminal and signals. */
export interface TerminalOptions {
  /** Whether the docker command passes signals on to the container. */
  readonly sigProxy: boolean;
  /** The keys that detach the terminal and keep the container running. */
  readonly detachKeys?: string;
}

// docker-run(1): the options without a value. All others have one, after "=" or as the next argument.
const flags = new Set(
  `--detach --disable-content-trust --help --init --interactive --no-healthcheck --oom-kill-disable --privileged
   --publish-all --quiet --read-only --rm --sig-proxy --tty`.split(/\s+/),
);
/** Short options in one argument: flags, then at most one with a value, such as `-dp` or `-dp80:80`. */
const shortOptions = /^-([ditPq]*)(?:([^-ditPq])(.*))?$/s;

export function parseDockerRun(args: readonly string[]): DockerRunArguments {
  const options: string[] = [];
  let network: string | undefined;
  let detach = false;
  let terminal: TerminalOptions = { sigProxy: true };
  let i = 0;
  for (; i < args.length; i++) {
    const arg = args[i] ?? '';
    if (arg === '--') {
      i++;
      break;
    }
    if (!arg.startsWith('-') || arg === '-') break;
    const [name = '', inline] = splitOnce(arg);
    if (name === '--net' || name === '--network') {
      network = inline ?? args[++i];
    } else if (name === '--sig-proxy') {
      terminal = { ...terminal, sigProxy: inline === undefined || isTrue(inline) };
    } else if (name === '--detach-keys') {
      const detachKeys = inline ?? args[++i];
      if (detachKeys !== undefined) terminal = { ...terminal, detachKeys };
    } else if (name === '--detach') {
      detach = inline === undefined || isTrue(inline);
    } else if (shortOptions.test(arg)) {
      const [, cluster = '', letter, value = ''] = shortOptions.exec(arg) ?? [];
      // `-d=false`: the value belongs to the last flag.
      if (cluster.includes('d')) detach = letter !== '=' || isTrue(value);
      const others = cluster.replaceAll('d', '');
      if (others !== '') options.push(letter === '=' ? `-${others}=${value}` : `-${others}`);
      if (letter !== undefined && letter !== '=') {
        options.push(`-${letter}${value}`, ...(value === '' ? args.slice(++i, i + 1) : []));
      }
    } else if (inline !== undefined || flags.has(name)) {
      options.push(arg);
    } else {
      options.push(arg, ...args.slice(++i, i + 1));
    }
  }
  return { options, image: args[i], command: args.slice(i + 1), network, detach, terminal };
}

/** The values of an option, in order. The value may follow the short name in the same argument: `-lA=B`. */
export function optionValues(options: readonly string[], long: string, short?: string): string[] {
  return options.flatMap((option, index) => {
    if (option === long || option === short) return options[index + 1] ?? [];
    if (option.startsWith(`${long}=`)) return option.slice(long.length + 1);
    return short !== undefined && option.startsWith(short) && !option.startsWith('--')
      ? option.slice(short.length)
      : [];
  });
}

/** The options without those of these names and their values. Each name has a value in every use. */
export function withoutOptions(options: readonly string[], ...names: readonly string[]): string[] {
  const rest: string[] = [];
  for (let i = 0; i < options.length; i++) {
    const option = options[i] ?? '';
    if (names.includes(option)) i++;
    else if (!names.some((name) => option.startsWith(`${name}=`))) rest.push(option);
  }
  return rest;
}

/** Whether the options publish ports of the container on the VM. */
export function publishesPorts(options: readonly string[]): boolean {
  if (optionValues(options, '--publish', '-p').length > 0) return true;
  const all = options.filter((option) => /^-[itq]*P[itPq]*(=|$)|^--publish-all(=|$)/.test(option));
  return all.some((option) => !option.includes('=') || isTrue(option.slice(option.indexOf('=') + 1)));
}

function isTrue(text: string): boolean {
  return dockerBoolean(text) === true;
}

function splitOnce(arg: string): [string, string | undefined] {
  const equals = arg.startsWith('--') ? arg.indexOf('=') : -1;
  return equals < 0 ? [arg, undefined] : [arg.slice(0, equals), arg.slice(equals + 1)];
}
