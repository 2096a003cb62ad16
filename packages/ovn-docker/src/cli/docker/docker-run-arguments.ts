/**
 * The arguments of `docker run`, taken apart just far enough to wrap it: which network it asks for, what is the image,
 * and what belongs to the container and must not be touched.
 */
export interface DockerRunArguments {
  /** Options before the image, without any network option and without detach. */
  readonly options: string[];
  readonly image: string | undefined;
  /** What follows the image. */
  readonly command: string[];
  /** The value of the last `--net` or `--network`. */
  readonly network: string | undefined;
  readonly detach: boolean;
  /** What `docker create` does not know and whoever attaches to the container needs. */
  readonly terminal: TerminalOptions;
}

/** Of docker-run(1): how the caller's terminal and signals go together with the container. */
export interface TerminalOptions {
  /** Whether signals are passed on to the container. */
  readonly sigProxy: boolean;
  /** The keys that leave a container running. */
  readonly detachKeys?: string;
}

// docker-run(1): the options that take no value. Every other option takes one, after "=" or as the next argument.
const flags = new Set(
  `--detach --disable-content-trust --help --init --interactive --no-healthcheck --oom-kill-disable --privileged
   --publish-all --quiet --read-only --rm --sig-proxy --tty`.split(/\s+/),
);
const shortFlags = /^-[ditPq]+$/;

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
    } else if (shortFlags.test(arg)) {
      if (arg.includes('d')) detach = true;
      const others = arg.replaceAll('d', '');
      if (others !== '-') options.push(others);
    } else if (inline !== undefined || flags.has(name) || isShortWithValue(arg)) {
      options.push(arg);
    } else {
      options.push(arg, ...args.slice(++i, i + 1));
    }
  }
  return { options, image: args[i], command: args.slice(i + 1), network, detach, terminal };
}

/** The values of an option that is given by its long name or, with its value, by its short one, in their order. */
export function optionValues(options: readonly string[], long: string, short?: string): string[] {
  return options.flatMap((option, index) => {
    if (option === long || option === short) return options[index + 1] ?? [];
    if (option.startsWith(`${long}=`)) return option.slice(long.length + 1);
    return short !== undefined && option.startsWith(short) && !option.startsWith('--')
      ? option.slice(short.length)
      : [];
  });
}

/** As Go's strconv.ParseBool reads it, which Docker uses. */
function isTrue(text: string): boolean {
  return ['1', 't', 'T', 'true', 'TRUE', 'True'].includes(text);
}

/** `-eFOO=bar`: a short option with its value in the same argument. */
function isShortWithValue(arg: string): boolean {
  return !arg.startsWith('--') && arg.length > 2;
}

function splitOnce(arg: string): [string, string | undefined] {
  const equals = arg.startsWith('--') ? arg.indexOf('=') : -1;
  return equals < 0 ? [arg, undefined] : [arg.slice(0, equals), arg.slice(equals + 1)];
}
