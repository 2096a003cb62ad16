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
    } else if (name === '--detach') {
      detach = inline !== 'false';
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
  return { options, image: args[i], command: args.slice(i + 1), network, detach };
}

/** `-eFOO=bar`: a short option with its value in the same argument. */
function isShortWithValue(arg: string): boolean {
  return !arg.startsWith('--') && arg.length > 2;
}

function splitOnce(arg: string): [string, string | undefined] {
  const equals = arg.startsWith('--') ? arg.indexOf('=') : -1;
  return equals < 0 ? [arg, undefined] : [arg.slice(0, equals), arg.slice(equals + 1)];
}
